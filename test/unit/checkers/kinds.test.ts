import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { createSocket, type Socket as UdpSocket } from 'node:dgram';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createServer, type AddressInfo, type Server, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createServer as createTlsServer, type TlsOptions, type TLSSocket } from 'node:tls';
import type { DnsCheck, PingCheck, SmtpCheck, SslCheck, UdpCheck } from '../../../src/checkers/check.js';
import { probeDns, probePing, probeUdp } from '../../../src/checkers/probes/datagram.js';
import { probeHttp } from '../../../src/checkers/probes/http.js';
import type { ProbeResult } from '../../../src/checkers/probes/result.js';
import { probeSmtp } from '../../../src/checkers/probes/smtp.js';
import { tcpConnect } from '../../../src/io/connect.js';
import { random, udpDatagrams } from '../../../src/io/datagram.js';
import { md5 } from '../../../src/io/digest.js';
import { echoes } from '../../../src/io/echo.js';
import { nodeClock } from '../../../src/io/node-clock.js';
import { after as later, millis } from '../../../src/lib/units.js';

const common = {
  connectAddress: '127.0.0.1',
  timeoutMs: 0,
  retry: 0,
  delayBeforeRetryMs: 0,
  delayLoopMs: 1000,
  warmupMs: 0,
};

const shown = (result: ProbeResult): string =>
  result.type === 'unable'
    ? `unable ${result.detail}`
    : [result.type, result.reason, result.detail].filter(Boolean).join(' ');

const within = (ms: number) => later(nodeClock.now(), millis(ms));

/** A port that nobody listens on. */
async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
}

describe('checks against real servers', () => {
  const servers: Server[] = [];
  const sockets = new Set<Socket>();
  const datagrams: UdpSocket[] = [];
  const listen = async (server: Server): Promise<number> => {
    servers.push(server);
    server.on('connection', (socket: Socket) => sockets.add(socket.on('error', () => undefined)));
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    return (server.address() as AddressInfo).port;
  };
  afterEach(() => {
    for (const socket of sockets) socket.destroy();
    sockets.clear();
    for (const server of servers.splice(0)) server.close();
    for (const socket of datagrams.splice(0)) socket.close();
  });

  describe('SSL_GET', () => {
    let folder: string;
    let identity: Pick<TlsOptions, 'key' | 'cert'>;
    before(() => {
      folder = mkdtempSync(join(tmpdir(), 'holdfast-tls.'));
      const [key, cert] = [join(folder, 'key.pem'), join(folder, 'cert.pem')];
      const make =
        'req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 2 -subj /CN=nobody';
      execFileSync('openssl', [...make.split(' '), '-keyout', key, '-out', cert], { stdio: 'pipe' });
      identity = { key: readFileSync(key), cert: readFileSync(cert) };
    });
    after(() => rmSync(folder, { recursive: true }));

    const serve = (answer: (socket: TLSSocket) => void, options: TlsOptions = {}): Promise<number> => {
      const server = createTlsServer({ ...identity, ...options }, socket => {
        sockets.add(socket.on('error', () => undefined));
        answer(socket);
      });
      server.on('tlsClientError', () => undefined);
      return listen(server);
    };
    const ask = async (port: number, more: Partial<SslCheck> = {}, ms = 3000): Promise<string> => {
      const url = {
        path: '/',
        virtualhost: 'www.example.org',
        statusCodes: [[200, 299]],
        digest: null,
      } as const;
      const check: SslCheck = {
        ...common,
        type: 'SSL_GET',
        connectPort: port,
        protocol: '1.0',
        urls: [url],
        enableSni: false,
        sniName: null,
        tlsCompliant: false,
        ...more,
      };
      return shown(await probeHttp(tcpConnect, check, within(ms), md5));
    };
    const ok = (socket: TLSSocket): unknown =>
      socket.once('data', () => socket.end('HTTP/1.0 200 OK\r\n\r\nwell'));

    it('passes whatever the certificate says', async () => {
      assert.equal(await ask(await serve(ok)), 'passed answered 200');
    });
    for (const [what, more, name] of [
      ['no name, unless it is to', {}, false],
      ['the name of the host', { enableSni: true }, 'www.example.org'],
      ['another name', { enableSni: true, sniName: 'lb.example.org' }, 'lb.example.org'],
    ] as const) {
      it(`sends ${what}`, async () => {
        const names: unknown[] = [];
        const port = await serve(socket => {
          names.push((socket as TLSSocket & { servername: unknown }).servername);
          ok(socket);
        });
        assert.deepEqual([await ask(port, more), names], ['passed answered 200', [name]]);
      });
    }
    it('announces its end where it is to', async () => {
      let ended: Promise<unknown> = Promise.resolve();
      const port = await serve(socket => {
        ended = once(socket.resume(), 'end');
        socket.write('HTTP/1.0 200 OK\r\nContent-Length: 0\r\n\r\n');
      });
      assert.equal(await ask(port, { tlsCompliant: true }), 'passed answered 200');
      await ended;
    });
    it('fails where the server does not speak TLS, or no version that we do', async () => {
      const plain = await listen(createServer(socket => socket.end('220 mail.example.org\r\n')));
      assert.match(await ask(plain), /^failed tls-failed ERR_SSL_/);
      const old = await serve(ok, { minVersion: 'TLSv1', maxVersion: 'TLSv1.1' });
      assert.match(await ask(old), /^failed (tls-failed|connection-reset)/);
    });
    it('fails in time where the handshake is never answered', async () => {
      assert.equal(await ask(await listen(createServer(() => undefined)), {}, 100), 'failed answer-timeout');
    });
    it('fails where the server hangs up in the handshake', async () => {
      const port = await listen(createServer(socket => socket.once('data', () => socket.end())));
      assert.match(await ask(port), /^failed (tls-failed|connection-reset)/);
    });
    it('fails where nobody listens', async () => {
      assert.equal(await ask(await freePort()), 'failed connection-refused ECONNREFUSED');
    });
  });

  describe('SMTP_CHECK', () => {
    const ask = async (port: number, ms = 2000): Promise<string> => {
      const check: SmtpCheck = { ...common, type: 'SMTP_CHECK', connectPort: port, heloName: 'lb01' };
      return shown(await probeSmtp(tcpConnect, check, within(ms)));
    };
    /** A mail server that says these things, one for what it hears and the first unasked. */
    const serve = async (replies: readonly string[], heard: string[] = []): Promise<number> =>
      listen(
        createServer(socket => {
          const left = [...replies];
          socket.write(left.shift() ?? '');
          socket.on('data', bytes => {
            heard.push(bytes.toString());
            socket.write(left.shift() ?? '');
          });
        }),
      );
    it('greets, and says goodbye', async () => {
      const heard: string[] = [];
      const port = await serve(['220-mail\r\n220 ready\r\n', '250 lb01\r\n', '221 bye\r\n'], heard);
      assert.equal(await ask(port), 'passed answered');
      assert.deepEqual(heard, ['HELO lb01\r\n', 'QUIT\r\n']);
    });
    for (const [what, replies, expected] of [
      ['that is busy', ['421 busy\r\n'], 'failed smtp-greeting 421'],
      ['that does not like us', ['220 x\r\n', '550-no\r\n550 no\r\n'], 'failed smtp-helo 550'],
      ['that ends badly', ['220 x\r\n', '250 x\r\n', '500 what?\r\n'], 'failed smtp-quit 500'],
      ['that is none', ['SSH-2.0-OpenSSH\r\n'], 'failed not-smtp SSH-2.0-OpenSSH..'],
    ] as const) {
      it(`finds out a server ${what}`, async () => {
        assert.equal(await ask(await serve(replies)), expected);
      });
    }
    it('fails in time where a server says nothing, or says it all before it is asked', async () => {
      assert.equal(await ask(await serve([]), 100), 'failed answer-timeout');
      assert.equal(await ask(await serve(['220 a\r\n250 b\r\n221 c\r\n']), 100), 'failed not-smtp');
      const cut = await listen(createServer(socket => socket.end('220 x')));
      assert.equal(await ask(cut), 'failed smtp-cut');
    });
    it('is not filled up by a server that never comes to an end', async () => {
      const port = await serve(['220-x\r\n'.repeat(5000)]);
      assert.equal(await ask(port), 'failed answer-too-long');
    });
  });

  /** @returns the port of a server that answers datagrams */
  const serveUdp = async (answer: (bytes: Buffer) => readonly Buffer[]): Promise<number> => {
    const socket = createSocket('udp4');
    datagrams.push(socket);
    socket.on('message', (bytes, from) => {
      for (const reply of answer(bytes)) socket.send(reply, from.port, from.address);
    });
    socket.bind(0, '127.0.0.1');
    await once(socket, 'listening');
    return socket.address().port;
  };

  describe('DNS_CHECK', () => {
    const ask = async (port: number, ms = 2000): Promise<string> => {
      const check: DnsCheck = {
        ...common,
        type: 'DNS_CHECK',
        connectPort: port,
        question: 'MX',
        name: 'a.example',
      };
      return shown(await probeDns(udpDatagrams, check, within(ms), random));
    };
    const reply = (bytes: Buffer, code: number, id = bytes.readUInt16BE(0)): Buffer => {
      const copy = Buffer.from(bytes);
      copy.writeUInt16BE(id, 0);
      copy.writeUInt16BE(0x8180 | code, 2);
      return copy;
    };
    it('passes where the question is answered without an error, and asks what it should', async () => {
      const asked: string[] = [];
      const port = await serveUdp(bytes => {
        asked.push(bytes.subarray(2).toString('hex'));
        return [reply(bytes, 0)];
      });
      assert.equal(await ask(port), 'passed answered');
      assert.deepEqual(asked, ['01000001000000000000' + '0161' + '076578616d706c65' + '00' + '000f0001']);
    });
    it('names the code of an answer that is an error', async () => {
      assert.equal(await ask(await serveUdp(b => [reply(b, 3)])), 'failed dns-refused NXDOMAIN');
      assert.equal(await ask(await serveUdp(b => [reply(b, 2)])), 'failed dns-refused SERVFAIL');
    });
    it('passes over what answers another question, and questions', async () => {
      const port = await serveUdp(b => [reply(b, 0, b.readUInt16BE(0) ^ 1), b, reply(b, 5)]);
      assert.equal(await ask(port), 'failed dns-refused REFUSED');
    });
    it('fails where an answer is cut, does not come, or the port is closed', async () => {
      assert.equal(await ask(await serveUdp(b => [b.subarray(0, 11)])), 'failed not-dns');
      assert.equal(await ask(await serveUdp(() => []), 100), 'failed answer-timeout');
      assert.equal(await ask(await freePort()), 'failed connection-refused ECONNREFUSED');
    });
  });

  describe('UDP_CHECK', () => {
    const ask = async (port: number, more: Partial<UdpCheck> = {}, ms = 200): Promise<string> => {
      const check: UdpCheck = {
        ...common,
        type: 'UDP_CHECK',
        connectPort: port,
        payload: null,
        reply: null,
        replyLengths: [0, 255],
        ...more,
      };
      return shown(await probeUdp(udpDatagrams, check, within(ms), random));
    };
    it('takes silence for health where no answer is asked for, and a closed port for death', async () => {
      assert.equal(await ask(await serveUdp(() => [])), 'passed not-refused');
      assert.equal(await ask(await freePort()), 'failed connection-refused ECONNREFUSED');
    });
    it('sends what is written, else 32 bytes', async () => {
      const heard: string[] = [];
      const port = await serveUdp(bytes => {
        heard.push(bytes.toString('hex'));
        return [bytes];
      });
      assert.equal(await ask(port, { payload: '00ffAB' }), 'passed answered');
      assert.equal(await ask(port), 'passed answered');
      assert.deepEqual([heard[0], heard[1]?.length], ['00ffab', 64]);
    });
    for (const [what, more, expected] of [
      ['any answer will do', { reply: '' }, 'passed answered'],
      ['it is the one that is written', { reply: '0A0b' }, 'passed answered'],
      ['digits are left open', { reply: '0XX0' }, 'failed reply-differs 0a0b'],
      ['a digit is left open', { reply: 'XA0x' }, 'passed answered'],
      ['it is longer than what is written', { reply: '0a' }, 'passed answered'],
      ['it is shorter than what is written', { reply: '0a0b0c0d' }, 'passed answered'],
      ['it is another', { reply: '0b' }, 'failed reply-differs 0a'],
      ['it is too short', { reply: '', replyLengths: [4, 255] }, 'failed reply-length 3'],
      ['it is too long', { reply: '', replyLengths: [0, 2] }, 'failed reply-length 3'],
      ['none is asked for', { replyLengths: [0, 2] }, 'passed answered'],
    ] as const) {
      it(`judges an answer where ${what}: ${expected}`, async () => {
        const port = await serveUdp(() => [Buffer.from([0x0a, 0x0b, 0x0c])]);
        assert.equal(await ask(port, more, 2000), expected);
      });
    }
    it('fails where the answer that is asked for does not come', async () => {
      assert.equal(await ask(await serveUdp(() => []), { reply: '' }), 'failed answer-timeout');
    });
    it('is asked from the address that is written', async () => {
      const port = await serveUdp(() => []);
      assert.equal(await ask(port, { bindAddress: '192.0.2.1' }), 'unable EADDRNOTAVAIL');
    });
  });

  describe('PING_CHECK', function () {
    before(function () {
      if (process.getuid?.() !== 0) this.skip();
    });
    const port = echoes();
    const ask = async (connectAddress: string, ms = 1000, more: Partial<PingCheck> = {}): Promise<string> => {
      const check: PingCheck = { ...common, type: 'PING_CHECK', connectPort: 0, ...more, connectAddress };
      return shown(await probePing(port, check, within(ms)));
    };
    it('passes where the echo comes back, many at a time', async () => {
      const all = await Promise.all(Array.from({ length: 50 }, (_, i) => ask(`127.0.0.${i + 1}`)));
      assert.deepEqual([...new Set(all)], ['passed answered']);
    });
    it('passes over IPv6', async () => {
      assert.equal(await ask('::1'), 'passed answered');
    });
    it('does not take the answer of one for that of another', async () => {
      assert.match(await ask('240.0.0.1', 100), /^failed/);
    });
    it('is sent from the address that is written', async () => {
      assert.equal(await ask('127.0.0.1', 1000, { bindAddress: '127.0.0.9' }), 'passed answered');
      assert.equal(await ask('127.0.0.1', 1000, { bindAddress: '192.0.2.1' }), 'unable EADDRNOTAVAIL');
    });
  });
});
