import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer as createHttpServer, type RequestListener, type Server as HttpServer } from 'node:http';
import { createServer, type AddressInfo, type Server, type Socket } from 'node:net';
import type { HttpCheck } from '../../../src/checkers/check.js';
import { probeHttp } from '../../../src/checkers/probes/http.js';
import { tcpConnect } from '../../../src/io/connect.js';
import { md5 } from '../../../src/io/digest.js';
import { nodeClock } from '../../../src/io/node-clock.js';
import { after, millis } from '../../../src/lib/units.js';

const URL_DEFAULTS = { path: '/', virtualhost: null, statusCodes: [[200, 299]], digest: null } as const;

describe('HTTP_GET against real servers', () => {
  const servers: (Server | HttpServer)[] = [];
  const connections = new Set<Socket>();
  const listen = async (made: Server | HttpServer): Promise<number> => {
    servers.push(made);
    made.on('connection', (socket: Socket) => connections.add(socket));
    made.listen(0, '127.0.0.1');
    await once(made, 'listening');
    return (made.address() as AddressInfo).port;
  };
  const http = (answer: RequestListener): Promise<number> => listen(createHttpServer(answer));
  const raw = (talk: (socket: Socket) => void): Promise<number> =>
    listen(createServer(socket => talk(socket.on('error', () => undefined))));
  afterEach(() => {
    for (const socket of connections) socket.destroy();
    connections.clear();
    for (const server of servers.splice(0)) server.close();
  });

  const probe = async (port: number, urls: HttpCheck['urls'], timeoutMs = 2000): Promise<string> => {
    const check: HttpCheck = {
      type: 'HTTP_GET',
      connectAddress: '127.0.0.1',
      connectPort: port,
      timeoutMs,
      retry: 0,
      delayBeforeRetryMs: 0,
      delayLoopMs: 1000,
      warmupMs: 0,
      protocol: '1.0',
      urls,
    };
    const result = await probeHttp(tcpConnect, check, after(nodeClock.now(), millis(timeoutMs)), md5);
    return `${result.type} ${result.type === 'unable' ? '' : result.reason}`;
  };

  it('passes when every url is answered as it should be, and sends what keepalived sends', async () => {
    const asked: string[] = [];
    const port = await http((request, response) => {
      asked.push(
        `${request.method ?? ''} ${request.url ?? ''} ${request.headers.host ?? ''} ${request.headers['user-agent'] ?? ''}`,
      );
      response.end('well');
    });
    const urls = [
      { ...URL_DEFAULTS, path: '/health' },
      {
        ...URL_DEFAULTS,
        path: '/other',
        virtualhost: 'www.example.org',
        digest: md5(new TextEncoder().encode('well')),
      },
    ];
    assert.equal(await probe(port, urls), 'passed answered');
    assert.deepEqual(asked, [
      `GET /health 127.0.0.1:${port} KeepAliveClient`,
      'GET /other www.example.org KeepAliveClient',
    ]);
  });

  for (const [what, answer, url, expected] of [
    ['another status', (_, response) => response.writeHead(503).end(), URL_DEFAULTS, 'failed status'],
    [
      'a status that is wanted',
      (_, response) => response.writeHead(404).end(),
      { ...URL_DEFAULTS, statusCodes: [[404, 404]] },
      'passed answered',
    ],
    [
      'another body',
      (_, response) => response.end('ill'),
      { ...URL_DEFAULTS, digest: md5(new TextEncoder().encode('well')) },
      'failed digest',
    ],
    [
      'a redirect, which is not followed',
      (_, response) => response.writeHead(302, { location: '/' }).end(),
      URL_DEFAULTS,
      'failed status',
    ],
  ] as readonly (readonly [string, RequestListener, HttpCheck['urls'][number], string])[]) {
    it(`judges ${what}: ${expected}`, async () => {
      assert.match(await probe(await http(answer), [url]), new RegExp(`^${expected}`));
    });
  }

  it('fails in time when a server trickles its answer', async () => {
    const port = await raw(socket => {
      const timer = setInterval(() => socket.write('H'), 10);
      socket.on('close', () => clearInterval(timer));
    });
    const started = nodeClock.now();
    assert.match(await probe(port, [URL_DEFAULTS], 200), /^failed/);
    assert.ok(nodeClock.now() - started < 2000);
  });
  it('fails when a server says nothing, hangs up, or talks nonsense', async () => {
    assert.match(await probe(await raw(() => undefined), [URL_DEFAULTS], 100), /^failed answer-timeout/);
    assert.match(await probe(await raw(socket => socket.destroy()), [URL_DEFAULTS]), /^failed/);
    assert.match(
      await probe(await raw(socket => socket.end('SSH-2.0-OpenSSH\r\n')), [URL_DEFAULTS]),
      /^failed/,
    );
  });
  it('is not filled up by an answer without end', async () => {
    const port = await raw(socket => {
      socket.write('HTTP/1.0 200 OK\r\n');
      const more = (): void => {
        while (socket.write(`x-${'y'.repeat(1000)}: z\r\n`));
      };
      socket.on('drain', more);
      more();
    });
    assert.match(await probe(port, [URL_DEFAULTS]), /^failed/);
  });
});
