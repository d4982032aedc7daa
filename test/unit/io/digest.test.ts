import assert from 'node:assert/strict';
import { hmacMd5, md5, sha256 } from '../../../src/io/digest.js';

describe('io: digests', () => {
  it('MD5 is that of RFC 1321', () => {
    assert.equal(md5(new TextEncoder().encode('message digest')), 'f96b697d7cb7938d525a2f31aaf161d0');
  });
  it('HMAC with MD5 is that of RFC 2202', () => {
    const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);
    const tag = hmacMd5(bytes('Jefe'), bytes('what do ya want for nothing?'));
    assert.equal(Buffer.from(tag).toString('hex'), '750c783e6ab0b503eaa86e310a5db738');
  });
  it('SHA-256 is that of FIPS 180, with the program or without', () => {
    const abc = 'ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad';
    assert.equal(sha256('abc'), abc);
    const path = process.env['PATH'];
    process.env['PATH'] = '';
    try {
      assert.equal(sha256('abc'), abc);
    } finally {
      process.env['PATH'] = path;
    }
  });
});
