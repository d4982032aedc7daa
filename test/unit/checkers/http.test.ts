import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import fc from 'fast-check';
import type { HttpCheck, HttpUrl } from '../../../src/checkers/check.js';
import { isComplete, judge, MOST_HEADERS, request } from '../../../src/checkers/judge/http.js';

const md5 = (bytes: Uint8Array): string => createHash('md5').update(bytes).digest('hex');
const bytes = (text: string): Uint8Array => Buffer.from(text, 'latin1');

const url = (more: Partial<HttpUrl> = {}): HttpUrl => ({
  path: '/',
  virtualhost: null,
  statusCodes: [[200, 299]],
  digest: null,
  ...more,
});

const check = (more: Partial<HttpCheck> = {}): HttpCheck => ({
  type: 'HTTP_GET',
  protocol: '1.0',
  urls: [url()],
  connectAddress: '10.0.0.17',
  connectPort: 80,
  timeoutMs: 5000,
  retry: 1,
  delayBeforeRetryMs: 3000,
  delayLoopMs: 6000,
  warmupMs: 0,
  ...more,
});

/** The digest that `genhash` prints of a body "hello\n". */
const HELLO = 'b1946ac92492d2347c6235b4d2611184';

describe('the HTTP request', () => {
  for (const [name, given, of, text] of [
    ['1.0', {}, {}, 'GET / HTTP/1.0\r\nUser-Agent: KeepAliveClient\r\nHost: 10.0.0.17:80\r\n\r\n'],
    [
      '1.0C',
      { protocol: '1.0C' },
      { path: '/a?b=c' },
      'GET /a?b=c HTTP/1.0\r\nUser-Agent: KeepAliveClient\r\nConnection: close\r\nHost: 10.0.0.17:80\r\n\r\n',
    ],
    [
      '1.1 with a virtualhost, which has no port',
      { protocol: '1.1', connectPort: 8080 },
      { virtualhost: 'www.example.org' },
      'GET / HTTP/1.1\r\nUser-Agent: KeepAliveClient\r\nConnection: close\r\nHost: www.example.org\r\n\r\n',
    ],
    [
      'to an IPv6 server',
      { connectAddress: 'fd00::17' },
      {},
      'GET / HTTP/1.0\r\nUser-Agent: KeepAliveClient\r\nHost: [fd00::17]:80\r\n\r\n',
    ],
  ] as const) {
    it(`is keepalived's: ${name}`, () => {
      assert.equal(Buffer.from(request(check(given), url(of))).toString('latin1'), text);
    });
  }
});

describe('the judge of HTTP answers', () => {
  for (const [name, of, answer, judged] of [
    ['a good status is enough', {}, 'HTTP/1.1 200 OK\r\n\r\n', 200],
    ['lines may end with LF alone', {}, 'HTTP/1.0 204 No Content\nA: b\n\n', 204],
    ['a status without words is a status', {}, 'HTTP/1.0 200\r\n\r\n', 200],
    ['a status outside the list fails and is named', {}, 'HTTP/1.1 503 Busy\r\n\r\n', 'status-code 503'],
    ['the edges of a range are in it', { statusCodes: [[301, 302]] }, 'HTTP/1.1 302 Found\r\n\r\n', 302],
    ['no answer', {}, '', 'no-answer'],
    ['another protocol', {}, 'SSH-2.0-OpenSSH_9.2\r\n', 'not-http SSH-2.0-OpenSSH_9.2..'],
    ['a status of four digits', {}, 'HTTP/1.1 2000 OK\r\n\r\n', 'not-http HTTP/1.1 2000 OK....'],
    ['headers without an end', {}, 'HTTP/1.1 200 OK\r\nA: b\r\n', 'headers-cut'],
    ['the digest of the body', { digest: HELLO }, 'HTTP/1.1 200 OK\r\n\r\nhello\n', 200],
    [
      'what is behind Content-Length does not count, however the header is spelt',
      { digest: HELLO },
      'HTTP/1.1 200 OK\r\ncontent-LENGTH: 6\r\n\r\nhello\nmore',
      200,
    ],
    [
      'a body that is shorter than Content-Length is judged by what came',
      { digest: HELLO },
      'HTTP/1.1 200 OK\r\nContent-Length: 600\r\n\r\nhello\n',
      200,
    ],
    [
      'another body is named by its digest',
      { digest: HELLO },
      'HTTP/1.1 200 OK\r\n\r\nhello',
      'digest 5d41402abc4b2a76b9719d911017c592',
    ],
    [
      'the status comes before the digest',
      { digest: HELLO },
      'HTTP/1.1 404 No\r\n\r\nhello\n',
      'status-code 404',
    ],
    [
      'an empty body has a digest',
      { digest: 'd41d8cd98f00b204e9800998ecf8427e' },
      'HTTP/1.0 200 OK\r\n\r\n',
      200,
    ],
  ] as const) {
    it(name, () => {
      const result = judge(url(of), bytes(answer), md5);
      const told = result.ok
        ? result.value
        : [result.error.reason, result.error.detail].filter(Boolean).join(' ');
      assert.equal(told, judged);
    });
  }

  it('reads headers up to 16 KiB and not further', () => {
    const answer = bytes(`HTTP/1.1 200 OK\r\nA: ${'x'.repeat(MOST_HEADERS)}\r\n\r\n`);
    const result = judge(url(), answer, md5);
    assert.deepEqual(result, { ok: false, error: { reason: 'headers-too-long' } });
    assert.ok(isComplete(url(), answer), 'and nobody waits for the rest');
  });

  it('survives every truncation of an answer', () => {
    const answer = bytes('HTTP/1.1 200 OK\r\nContent-Length: 6\r\nServer: x\r\n\r\nhello\n');
    for (let n = 0; n < answer.length; n++) {
      const part = answer.subarray(0, n);
      assert.equal(judge(url({ digest: HELLO }), part, md5).ok, false, `first ${n} bytes`);
      assert.equal(isComplete(url({ digest: HELLO }), part), false, `first ${n} bytes`);
    }
    assert.ok(isComplete(url({ digest: HELLO }), answer));
  });

  it('survives any bytes', () => {
    const junk = fc.oneof(
      fc.uint8Array({ maxLength: 300 }),
      fc.uint8Array({ maxLength: 100 }).map(tail => Buffer.concat([bytes('HTTP/1.1 200'), tail])),
      fc.string().map(text => bytes(`HTTP/1.1 200 OK\r\nContent-Length:${text}\r\n\r\nbody`)),
    );
    fc.assert(
      fc.property(junk, answer => {
        judge(url({ digest: HELLO }), answer, md5);
        isComplete(url(), answer);
      }),
    );
  });

  it('does not wait for the end of an answer whose start is all it needs', () => {
    const head = 'HTTP/1.1 200 OK\r\n\r\n';
    assert.equal(isComplete(url(), bytes(head)), false);
    assert.equal(isComplete(url(), bytes(head + 'x'.repeat(64 * 1024))), true);
    assert.equal(isComplete(url({ digest: HELLO }), bytes(head + 'x'.repeat(64 * 1024))), false);
  });
});
