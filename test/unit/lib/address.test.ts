import assert from 'node:assert/strict';
import fc from 'fast-check';
import { compareIp, formatIp, parseIp, parsePrefix, sameNetwork } from '../../../src/lib/address.js';

describe('lib: addresses', () => {
  for (const text of [
    '0.0.0.0',
    '10.0.0.13',
    '255.255.255.255',
    '::',
    '::1',
    'fe80::1',
    '2001:db8::1:0:0:1',
    '1:2:3:4:5:6:7:8',
  ]) {
    it(`${text} is read and written back`, () => assert.equal(formatIp(parseIp(text)!), text));
  }
  for (const [text, canonical] of [
    ['2001:DB8:0:0:0:0:0:1', '2001:db8::1'],
    ['0:0:0:0:0:0:0:0', '::'],
    ['::ffff:10.0.0.1', '::ffff:a00:1'],
    ['1:0:0:2:0:0:0:3', '1:0:0:2::3'],
    ['1:0:2:3:4:5:6:7', '1:0:2:3:4:5:6:7'],
  ] as const) {
    it(`${text} is written as ${canonical}`, () => assert.equal(formatIp(parseIp(text)!), canonical));
  }
  for (const text of [
    '',
    '10.0.0',
    '10.0.0.256',
    '010.0.0.1',
    '10.0.00.1',
    '10.0.0.1.2',
    '10.0.0.-1',
    '1::2::3',
    ':::',
    '1:2:3:4:5:6:7',
    '12345::',
    'g::',
    '1:2:3:4:5:6:7:8::',
    '::10.0.0',
    'eth0',
  ]) {
    it(`"${text}" is no address`, () => assert.equal(parseIp(text), undefined));
  }
  it('whatever is written is read as the same', () => {
    const bytes = fc.oneof(
      fc.uint8Array({ minLength: 4, maxLength: 4 }),
      fc.uint8Array({ minLength: 16, maxLength: 16 }),
    );
    fc.assert(fc.property(bytes, some => assert.deepEqual(parseIp(formatIp(some)), some)));
  });
  it('compares as unsigned numbers', () => {
    const order = ['9.0.0.1', '10.0.0.2', '10.0.0.16', '127.0.0.1', '128.0.0.1', '255.0.0.1'].map(t =>
      parseIp(t)!,
    );
    for (let i = 1; i < order.length; i++) assert.ok(compareIp(order[i - 1]!, order[i]!) < 0);
    assert.equal(compareIp(order[0]!, parseIp('9.0.0.1')!), 0);
  });
  for (const [a, b, length, same] of [
    ['10.0.0.13', '10.0.0.200', 24, true],
    ['10.0.0.13', '10.0.1.13', 24, false],
    ['10.0.0.127', '10.0.0.128', 25, false],
    ['10.0.0.126', '10.0.0.127', 31, true],
    ['10.0.0.1', '192.168.0.1', 0, true],
    ['10.0.0.1', 'fe80::1', 0, false],
    ['fe80::1', 'fe80::ffff', 64, true],
  ] as const) {
    it(`${a} and ${b} are ${same ? '' : 'not '}in one /${length}`, () =>
      assert.equal(sameNetwork(parseIp(a)!, parseIp(b)!, length), same));
  }
  for (const [text, address, prefixLength] of [
    ['10.0.0.13/24', '10.0.0.13', 24],
    ['10.0.0.13', '10.0.0.13', 32],
    ['fd00::1', 'fd00::1', 128],
    ['fd00::1/0', 'fd00::1', 0],
  ] as const) {
    it(`${text} has a prefix of ${prefixLength} bits`, () => {
      const got = parsePrefix(text);
      assert.deepEqual([got?.address, got?.prefixLength], [address, prefixLength]);
    });
  }
  for (const text of ['10.0.0.13/33', '10.0.0.13/', '10.0.0.13/x', '10.0.0.13/2/4', '/24', 'fd00::1/129']) {
    it(`"${text}" is no prefix`, () => assert.equal(parsePrefix(text), undefined));
  }
});
