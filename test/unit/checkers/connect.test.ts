import assert from 'node:assert/strict';
import { createServer, type AddressInfo, type Server, type Socket } from 'node:net';
import { tcpConnect } from '../../../src/io/connect.js';
import { monotonicNow } from '../../../src/io/node-clock.js';
import { after as later, millis } from '../../../src/lib/units.js';
import type { ConnectOutcome } from '../../../src/ports/connect.js';

type Request = Parameters<typeof tcpConnect.talk>[2];

const request = (more: object = {}): Request => ({ bytes: Buffer.from('hello'), mostBytes: 1000, ...more });

const brief = (outcome: ConnectOutcome): string =>
  outcome.ok ? `ok ${Buffer.from(outcome.answer).toString()}` : [outcome.reason, outcome.detail].join(' ');

describe('TCP connections', () => {
  let server: Server;
  let serve: (socket: Socket) => void = () => undefined;
  const open = new Set<Socket>();

  before(done => {
    server = createServer({ allowHalfOpen: true }, socket => {
      open.add(socket);
      socket.on('error', () => undefined);
      socket.on('close', () => open.delete(socket));
      serve(socket);
    }).listen(0, '127.0.0.1', done);
  });
  after(done => void server.close(done));
  afterEach(async () => {
    // Each talk has closed its socket, so the server's sockets end by themselves.
    for (const socket of open) socket.end().resume();
    for (let i = 0; open.size > 0 && i < 100; i++) await new Promise(next => setTimeout(next, 10));
    assert.equal(open.size, 0, 'a socket was left open');
  });

  async function talk(
    ms: number,
    ask?: Request,
    port = (server.address() as AddressInfo).port,
  ): Promise<ConnectOutcome> {
    return tcpConnect.talk({ address: '127.0.0.1', port }, later(monotonicNow(), millis(ms)), ask);
  }

  it('that are taken are enough where nothing is asked', async () => {
    serve = () => undefined;
    const outcome = await talk(1000);
    assert.equal(brief(outcome), 'ok ');
    assert.ok(outcome.latency > 0 && outcome.latency < 900);
  });

  it('that are refused say so', async () => {
    const free = createServer();
    const port = await new Promise<number>(done =>
      free.listen(0, '127.0.0.1', () => done((free.address() as AddressInfo).port)),
    );
    await new Promise(done => free.close(done));
    assert.equal(brief(await talk(1000, undefined, port)), 'connection-refused ECONNREFUSED');
  });

  it('are read until the server closes', async () => {
    serve = socket =>
      socket.once('data', () => {
        socket.write('one ');
        setTimeout(() => socket.end('two'), 20);
      });
    assert.equal(brief(await talk(1000, request())), 'ok one two');
  });

  it('are read until the answer is complete, whatever the server does then', async () => {
    serve = socket => socket.write('done');
    const complete = (soFar: Uint8Array): boolean => Buffer.from(soFar).includes('done');
    assert.equal(brief(await talk(1000, request({ complete }))), 'ok done');
  });

  it('have one deadline, which a server that drips cannot move', async () => {
    serve = socket => {
      const drip = setInterval(() => socket.write('.'), 10);
      socket.on('close', () => clearInterval(drip));
    };
    const outcome = await talk(200, request());
    assert.equal(brief(outcome), 'answer-timeout ');
    assert.ok(outcome.latency >= 199 && outcome.latency < 600, String(outcome.latency));
  });

  it('do not hold more than was asked for', async () => {
    serve = socket => socket.end(Buffer.alloc(5_000_000));
    assert.equal(brief(await talk(3000, request())), 'answer-too-long ');
  });

  it('that are reset say so', async () => {
    serve = socket => socket.once('data', () => socket.resetAndDestroy());
    assert.equal(brief(await talk(1000, request())), 'connection-reset ECONNRESET');
  });

  it('from an address that is not ours are not possible, and say so', async () => {
    const { port } = server.address() as AddressInfo;
    const target = { address: '127.0.0.1', port, bindAddress: '192.0.2.1' };
    const outcome = await tcpConnect.talk(target, later(monotonicNow(), millis(500)));
    assert.equal(brief(outcome), 'connect-error EADDRNOTAVAIL');
  });

  it('with a deadline that has passed end at once', async () => {
    serve = () => undefined;
    assert.equal(brief(await talk(-5, request())), 'connect-timeout ');
  });
});
