import assert from 'node:assert/strict';
import fc from 'fast-check';
import type { Check, DnsCheck, UdpCheck } from '../../../src/checkers/check.js';
import { isAnswerTo, judgeDns, question } from '../../../src/checkers/judge/dns.js';
import { isOver, judgeSmtp, replies } from '../../../src/checkers/judge/smtp.js';
import { bytesOf, judgeUdp } from '../../../src/checkers/judge/udp.js';
import { readConfig } from '../../../src/config/read.js';

const bytes = (text: string): Uint8Array => Buffer.from(text, 'latin1');

const common = {
  connectAddress: '10.0.0.17',
  connectPort: 53,
  timeoutMs: 5000,
  retry: 0,
  delayBeforeRetryMs: 0,
  delayLoopMs: 1000,
  warmupMs: 0,
};
const dns: DnsCheck = { ...common, type: 'DNS_CHECK', question: 'SOA', name: '.' };
const udp: UdpCheck = { ...common, type: 'UDP_CHECK', payload: null, reply: '0a', replyLengths: [0, 255] };

describe('the question of DNS_CHECK', () => {
  it('is about the root where the file names nothing', () => {
    assert.equal(
      Buffer.from(question(dns, 0xabcd)).toString('hex'),
      'abcd01000001000000000000' + '00' + '00060001',
    );
  });
});

describe('the judges of what servers answer', () => {
  const junk = fc.oneof(
    fc.uint8Array({ maxLength: 300 }),
    fc.string().map(text => bytes(`220 ${text}\r\n250`)),
    fc
      .array(fc.constantFrom('220 x\r\n', '250-x\n', '250\r\n', '221', '\n', '999 '))
      .map(all => bytes(all.join(''))),
  );
  it('survive any bytes, and agree with themselves', () => {
    fc.assert(
      fc.property(junk, fc.nat(65535), (answer, id) => {
        const smtp = judgeSmtp(answer);
        if (smtp.ok) assert.ok(isOver(answer) && replies(answer) === 3);
        judgeDns(answer);
        isAnswerTo(id, answer);
        judgeUdp(udp, answer);
      }),
    );
  });
  it('take for an answer that must be what it is', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 255 }), answer => {
        const reply = Buffer.from(answer).toString('hex');
        assert.deepEqual(bytesOf(reply), answer);
        assert.ok(judgeUdp({ ...udp, reply }, answer).ok);
      }),
    );
  });
});

describe('checks of all kinds in the file', () => {
  const only = (type: string, body: string): Check => {
    const text = `virtual_server 10.0.0.13 80 {\nprotocol TCP\ndelay_loop 7\nreal_server 10.0.0.17 80 {\n${type} {\n${body}\n}\n}\n}`;
    const { model, problems } = readConfig('ha.conf', text);
    const found = model?.services[0]?.realServers[0]?.checks[0];
    assert.ok(found, problems.map(p => p.message).join('\n'));
    return found;
  };
  const paced = (retry: number, delayBeforeRetryMs: number): object => ({
    ...common,
    connectPort: 80,
    retry,
    delayBeforeRetryMs,
    delayLoopMs: 7000,
    warmupMs: 7000,
  });
  const page = { path: '/', virtualhost: 'www.example.org', statusCodes: [[200, 299]], digest: null };
  for (const [what, type, body, expected] of [
    [
      'SSL_GET is HTTP_GET with a name',
      'SSL_GET',
      'enable_sni\nsni_name lb\ntls_compliant\nvirtualhost www.example.org\nurl {\npath /\n}',
      {
        ...paced(1, 3000),
        protocol: '1.0',
        urls: [page],
        enableSni: true,
        sniName: 'lb',
        tlsCompliant: true,
      },
    ],
    [
      'SMTP_CHECK has a name of its own',
      'SMTP_CHECK',
      '',
      { ...paced(1, 1000), heloName: 'smtpchecker.keepalived.org' },
    ],
    [
      'SMTP_CHECK obeys an old host block',
      'SMTP_CHECK',
      'helo_name lb01\nhost {\nconnect_ip 10.0.0.18\nconnect_port 25\nbindto 10.0.0.2\n}',
      {
        ...paced(1, 1000),
        connectAddress: '10.0.0.18',
        connectPort: 25,
        bindAddress: '10.0.0.2',
        heloName: 'lb01',
      },
    ],
    ['DNS_CHECK asks three times more', 'DNS_CHECK', '', { ...paced(3, 7000), question: 'SOA', name: '.' }],
    [
      'DNS_CHECK takes no name with an empty label',
      'DNS_CHECK',
      'type aaaa\nname a..b',
      { ...paced(3, 7000), question: 'AAAA', name: '.' },
    ],
    [
      'UDP_CHECK asks for no answer',
      'UDP_CHECK',
      '',
      { ...paced(1, 1000), payload: null, reply: null, replyLengths: [0, 255] },
    ],
    [
      'UDP_CHECK with all it knows',
      'UDP_CHECK',
      'payload 0102\nrequire_reply 0aXX\nmin_reply_length 2\nmax_reply_length 20',
      { ...paced(1, 1000), payload: '0102', reply: '0aXX', replyLengths: [2, 20] },
    ],
    ['PING_CHECK needs nothing', 'PING_CHECK', 'retry 0', paced(0, 1000)],
  ] as const) {
    it(what, () => {
      assert.deepEqual(only(type, body), { type, ...expected });
    });
  }
});
