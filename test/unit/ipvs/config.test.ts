import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import type { HttpCheck, TcpCheck } from '../../../src/checkers/check.js';
import { ALONE, expand } from '../../../src/config/expand.js';
import { lex } from '../../../src/config/lex.js';
import { parse } from '../../../src/config/parse.js';
import { completeService } from '../../../src/ipvs/config/service.js';
import { IPVS_TOP } from '../../../src/ipvs/keywords/service.js';
import type { VirtualServer } from '../../../src/ipvs/service.js';
import { readBlock } from '../../../src/lib/keyword.js';
import { Problems } from '../../../src/lib/problem.js';

interface Read {
  readonly service: VirtualServer | undefined;
  /** As `severity line:column message`. */
  readonly said: readonly string[];
}

/** Reads the first virtual_server of a text. */
function read(text: string): Read {
  const problems = new Problems();
  const { statements } = parse(lex(expand('ha.conf', text, ALONE, problems), problems), problems);
  const start = { file: 'ha.conf', line: 1, column: 1, length: 1 };
  const [draft] =
    readBlock(
      IPVS_TOP,
      statements.filter(s => s.keyword.text === 'virtual_server'),
      'the file',
      start,
      problems,
    ).value.virtual_server ?? [];
  const service = draft === undefined ? undefined : completeService(draft, problems);
  const said = problems.all.map(
    p => `${p.severity} ${p.at.line}:${p.at.column} ${p.message.replace(/(is not supported yet): .*/, '$1')}`,
  );
  return { service, said };
}

/** A virtual server whose line 1 is its head and whose line 2 is `outer`, with one real server. */
const server = (inner = '', outer = 'protocol TCP', where = '10.0.0.13 80'): string =>
  `virtual_server ${where} {\n${outer}\nreal_server 10.0.0.17 80 {\n${inner}\n}\n}`;

const only = (text: string): VirtualServer => {
  const { service, said } = read(text);
  assert.ok(service, said.join('\n'));
  return service;
};

const firstCheck = (text: string): TcpCheck | HttpCheck => {
  const check = only(text).realServers[0]!.checks[0];
  assert.ok(check);
  return check;
};

describe('virtual_server in the file', () => {
  it("is read from the guide's file with nothing but warnings", () => {
    const { service, said } = read(readFileSync('config/lb03.conf', 'utf8'));
    const check: TcpCheck = {
      type: 'TCP_CHECK',
      connectAddress: '10.0.0.17',
      connectPort: 80,
      timeoutMs: 8000,
      retry: 3,
      delayBeforeRetryMs: 3000,
      delayLoopMs: 6000,
      warmupMs: 6000,
    };
    const realServer = {
      address: '10.0.0.17',
      port: 80,
      weight: 1,
      inhibitOnFailure: false,
      checks: [check],
    };
    assert.deepEqual(service, {
      protocol: 'tcp',
      address: '10.0.0.13',
      port: 80,
      scheduler: 'wrr',
      forwarding: 'DR',
      persistenceTimeout: 50,
      quorum: 1,
      realServers: [
        realServer,
        { ...realServer, address: '10.0.0.18', checks: [{ ...check, connectAddress: '10.0.0.18' }] },
      ],
    });
    const retry =
      'keepalived does not know nb_get_retry in TCP_CHECK and would retry once; here it works as retry';
    assert.deepEqual(said, [
      'warning 24:5 nat_mask has had no effect since the IPVS of Linux 2.4; leave it out',
      `warning 32:9 ${retry}`,
      `warning 42:9 ${retry}`,
    ]);
  });

  it("has keepalived's defaults, and says which protocol it is when none is named", () => {
    const { service, said } = read(server('TCP_CHECK { }', ''));
    assert.deepEqual(said, ['warning 1:1 protocol is missing in virtual_server; it is UDP then']);
    assert.ok(service);
    const { realServers, ...outer } = service;
    assert.deepEqual(outer, {
      protocol: 'udp',
      address: '10.0.0.13',
      port: 80,
      scheduler: 'wlc',
      forwarding: 'NAT',
      persistenceTimeout: null,
      quorum: 1,
    });
    const { timeoutMs, retry, delayBeforeRetryMs, delayLoopMs, warmupMs } = realServers[0]!.checks[0]!;
    assert.deepEqual(
      [timeoutMs, retry, delayBeforeRetryMs, delayLoopMs, warmupMs],
      [5000, 1, 1000, 60_000, 60_000],
    );
  });

  it('gives its times to its real servers and these to their checks, wherever they stand', () => {
    const text = `virtual_server 10.0.0.13 80 {
      protocol TCP
      real_server 10.0.0.17 80 {
        TCP_CHECK { connect_timeout 1 }
        retry 5
        delay_before_retry 0.5
      }
      real_server 10.0.0.18 80 { HTTP_GET { url { path / } } }
      connect_timeout 9
      retry 4
      delay_loop 10
      warmup 2
      weight 7
      inhibit_on_failure
    }`;
    const [first, second] = only(text).realServers;
    const times = (check: TcpCheck | HttpCheck): readonly number[] => [
      check.timeoutMs,
      check.retry,
      check.delayBeforeRetryMs,
      check.delayLoopMs,
      check.warmupMs,
    ];
    assert.deepEqual(times(first!.checks[0]!), [1000, 5, 500, 10_000, 2000]);
    assert.deepEqual(times(second!.checks[0]!), [9000, 4, 3000, 10_000, 2000]);
    assert.deepEqual([first!.weight, first!.inhibitOnFailure], [7, true]);
  });

  it('reads HTTP_GET with all its urls', () => {
    const check = firstCheck(
      server(`HTTP_GET {
        url { path /a
              status_code 200 301-302
              virtualhost inner.example }
        url { path /b
              digest B1946AC92492D2347C6235B4D2611184 }
        virtualhost outer.example
        http_protocol 1.1
        connect_ip 10.1.0.17
        connect_port 8080
        bindto 10.0.0.15
      }`),
    );
    assert.deepEqual(check, {
      type: 'HTTP_GET',
      connectAddress: '10.1.0.17',
      connectPort: 8080,
      bindAddress: '10.0.0.15',
      timeoutMs: 5000,
      retry: 1,
      delayBeforeRetryMs: 3000,
      delayLoopMs: 60_000,
      warmupMs: 60_000,
      protocol: '1.1',
      urls: [
        {
          path: '/a',
          statusCodes: [
            [200, 200],
            [301, 302],
          ],
          virtualhost: 'inner.example',
          digest: null,
        },
        {
          path: '/b',
          statusCodes: [[200, 299]],
          virtualhost: 'outer.example',
          digest: 'b1946ac92492d2347c6235b4d2611184',
        },
      ],
    });
  });

  for (const [name, text, want] of [
    [
      'virtualhost of the real server',
      server('virtualhost rs\nHTTP_GET { url { path / } }', 'virtualhost vs\nprotocol TCP'),
      'rs',
    ],
    [
      'virtualhost of the virtual server',
      server('HTTP_GET { url { path / } }', 'virtualhost vs\nprotocol TCP'),
      'vs',
    ],
    ['no virtualhost', server('HTTP_GET { url { path / } }'), null],
  ] as const) {
    it(`takes for the Host header: ${name}`, () => {
      const check = firstCheck(text);
      assert.ok(check.type === 'HTTP_GET');
      assert.equal(check.urls[0]!.virtualhost, want);
    });
  }

  it('reads IPv6 addresses and writes them in one form', () => {
    const text =
      'virtual_server 2001:DB8:0::1 53 { \n real_server FD00::0017 53 { TCP_CHECK { } }\n protocol UDP\n lb_kind TUN }';
    const { address, realServers } = only(text);
    assert.deepEqual(
      [address, realServers[0]!.address, realServers[0]!.checks[0]!.connectAddress],
      ['2001:db8::1', 'fd00::17', 'fd00::17'],
    );
  });

  for (const [name, text, port] of [
    ['with NAT a real server may have its own', server('', 'protocol TCP').replace('17 80', '17 8080'), 8080],
    [
      "a real server without one has its virtual server's",
      server('', 'protocol TCP').replace('17 80', '17'),
      80,
    ],
    ['with DR it is forced', server('', 'protocol TCP\nlb_kind DR').replace('17 80', '17 8080'), 80],
    ['with TUN it is forced', server('', 'protocol TCP\nlvs_method TUN').replace('17 80', '17 8080'), 80],
  ] as const) {
    it(`ports: ${name}`, () => {
      const { service, said } = read(text);
      assert.equal(service?.realServers[0]!.port, port);
      assert.equal(said.length, name.includes('forced') ? 1 : 0);
    });
  }

  it('a persistence_timeout without a number is 360 s', () => {
    assert.equal(only(server('', 'protocol TCP\npersistence_timeout')).persistenceTimeout, 360);
  });

  it('a service for all ports is port 0, and its checks must name one', () => {
    const text =
      'virtual_server 10.0.0.13 {\nprotocol TCP\npersistence_timeout 60\nreal_server 10.0.0.17 {\nTCP_CHECK { }\n}\n}';
    assert.deepEqual(read(text).said, [
      'error 5:1 TCP_CHECK needs connect_port, since the real server has no port',
    ]);
    const named = only(text.replace('TCP_CHECK { }', 'TCP_CHECK {\nconnect_port 80\n}'));
    assert.deepEqual(
      [named.port, named.realServers[0]!.port, named.realServers[0]!.checks[0]!.connectPort],
      [0, 0, 80],
    );
  });

  const rows: readonly (readonly [name: string, text: string, said: string, kept: boolean])[] = [
    [
      'a virtual server without real servers',
      'virtual_server 10.0.0.13 80 { }',
      'warning 1:1 a virtual server without real servers is ignored',
      false,
    ],
    [
      'fwmark',
      server('', 'protocol TCP', 'fwmark 7'),
      'error 1:16 virtual_server fwmark is not supported yet',
      false,
    ],
    [
      'group',
      server('', 'protocol TCP', 'group web'),
      'error 1:16 virtual_server group is not supported yet',
      false,
    ],
    [
      'an address that is none',
      server('', 'protocol TCP', '10.0.0.300 80'),
      'error 1:16 virtual_server takes an IPv4 or IPv6 address, not "10.0.0.300"',
      false,
    ],
    [
      'a port that is none',
      server('', 'protocol TCP', '10.0.0.13 http'),
      'error 1:26 virtual_server takes a port from 1 to 65535, not "http"',
      false,
    ],
    [
      'all ports without persistence',
      server('', 'protocol TCP', '10.0.0.13'),
      'error 1:1 a virtual server for all ports must be persistent',
      false,
    ],
    [
      'an unknown scheduler',
      server('', 'protocol TCP lb_algo'.replace(' lb', '\nlb') + ' wwr'),
      'error 3:9 lb_algo takes one of rr, wrr, lc, wlc, lblc, lblcr, sh, mh, dh, fo, ovf, sed, nq, twos, not "wwr"',
      true,
    ],
    [
      'a tunnel type',
      server('', 'protocol TCP\nlb_kind TUN type gue'),
      'error 3:13 "type" after TUN is not supported yet',
      true,
    ],
    [
      'sorry_server',
      server('', 'protocol TCP\nsorry_server 10.0.0.9 80'),
      'error 3:1 sorry_server is not supported yet',
      true,
    ],
    ['alpha', server('', 'protocol TCP\nalpha'), 'error 3:1 alpha is not supported yet', true],
    ['alpha in a check', server('TCP_CHECK { \n alpha on\n }'), 'error 5:2 alpha is not supported yet', true],
    [
      'another check',
      server('MISC_CHECK {\nmisc_path /bin/true\n}'),
      'error 4:1 MISC_CHECK is not supported yet',
      true,
    ],
    ['thresholds', server('uthreshold 100'), 'error 4:1 uthreshold is not supported yet', true],
    ['ops', server('', 'protocol UDP\nops'), 'error 3:1 ops is not supported yet', true],
    [
      'a script',
      server('notify_up /bin/true'),
      'warning 4:1 notify_up is not supported: the script is not run',
      true,
    ],
    [
      'a typing error',
      server('', 'protocol TCP\ndelay_lop 6'),
      'warning 3:1 delay_lop is not a keyword of virtual_server; it is ignored, with its block if it has one',
      true,
    ],
    [
      'a weight below 0',
      server('weight -1'),
      'error 4:8 weight takes a whole number from 0 to 2147483647, not "-1"',
      true,
    ],
    [
      'a persistence of 32 days',
      server('', 'protocol TCP\npersistence_timeout 2764800'),
      'error 3:21 persistence_timeout takes a whole number from 1 to 2678400, not "2764800"',
      true,
    ],
    [
      'retry 0 outside a check',
      server('retry 0'),
      'error 4:7 retry takes a whole number from 1 to 4294967295, not "0"',
      true,
    ],
    ['HTTP_GET without url', server('HTTP_GET {\n}'), 'error 4:1 url is missing in HTTP_GET', true],
    ['a url without path', server('HTTP_GET {\nurl {\n}\n}'), 'error 5:1 path is missing in url', true],
    [
      'a status code that is none',
      server('HTTP_GET {\nurl {\npath /\nstatus_code 99\n}\n}'),
      'error 7:13 status_code takes status codes and ranges of them, such as 200 300-399, from 100 to 599, not "99"',
      true,
    ],
    [
      'a range that runs backwards',
      server('HTTP_GET {\nurl {\npath /\nstatus_code 299-200\n}\n}'),
      'error 7:13 status_code takes status codes and ranges of them, such as 200 300-399, from 100 to 599, not "299-200"',
      true,
    ],
    [
      'a digest that is none',
      server('HTTP_GET {\nurl {\npath /\ndigest abc\n}\n}'),
      'error 7:8 digest takes an MD5 in 32 hexadecimal digits (genhash prints it), not "abc"',
      true,
    ],
    [
      'regex',
      server('HTTP_GET {\nurl {\npath /\nregex ok\n}\n}'),
      'error 7:1 regex is not supported yet',
      true,
    ],
    [
      'bindto of another family',
      server('TCP_CHECK {\nbindto fd00::1\n}'),
      'error 5:1 bindto is of another address family than what is checked',
      true,
    ],
    [
      'a real server twice',
      server('}\nreal_server 10.0.0.17 80 {'),
      'error 5:13 real server 10.0.0.17:80 is there twice in this virtual server',
      true,
    ],
    [
      'a real server of another family',
      server('', 'protocol TCP').replace('10.0.0.17', 'fd00::17'),
      'error 3:13 real server fd00::17 is of another address family than its virtual server',
      true,
    ],
    [
      'a quorum out of reach',
      server('', 'protocol TCP\nquorum 5'),
      'warning 3:1 quorum 5 is more than all real servers weigh; it is 1 then',
      true,
    ],
  ];
  for (const [name, text, said, kept] of rows) {
    it(`says of ${name} what is wrong, and where`, () => {
      const result = read(text);
      assert.deepEqual(result.said, [said]);
      assert.equal(result.service !== undefined, kept);
    });
  }

  it('alpha that is off is what holdfast does', () => assert.deepEqual(read(server('alpha off')).said, []));

  it('finds the same real server in two spellings', () => {
    const text = `virtual_server fd00::13 80 {\nprotocol TCP\nreal_server fd00::17 80 {\n}\nreal_server FD00:0::17 80 {\n}\n}`;
    assert.deepEqual(read(text).said, [
      'error 5:13 real server [fd00::17]:80 is there twice in this virtual server',
    ]);
  });
});
