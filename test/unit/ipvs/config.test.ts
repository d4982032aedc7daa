import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import type { Check, HttpCheck, TcpCheck } from '../../../src/checkers/check.js';
import { ALONE } from '../../../src/config/expand.js';
import { readStatements } from '../../../src/config/read.js';
import { completeService } from '../../../src/ipvs/config/service.js';
import { IPVS_TOP } from '../../../src/ipvs/keywords/service.js';
import type { AddressService, VirtualServer } from '../../../src/ipvs/service.js';
import { readBlock } from '../../../src/lib/keyword.js';
import { Problems } from '../../../src/lib/problem.js';

interface Read {
  readonly service: VirtualServer | undefined;
  /** As `severity line:column message`. */
  readonly said: readonly string[];
}

const NAMES = {
  groups: [],
  bfdInstances: ['A'],
  trackFiles: ['load'],
  scripts: { account: undefined, isSecure: false },
};

/** Reads the first virtual_server of a text. */
function read(text: string): Read {
  const problems = new Problems();
  const { statements } = readStatements('ha.conf', text, ALONE, problems);
  const start = { file: 'ha.conf', line: 1, column: 1, length: 1 };
  const [draft] =
    readBlock(
      IPVS_TOP,
      statements.filter(s => s.keyword.text === 'virtual_server'),
      'the file',
      start,
      problems,
    ).value.virtual_server ?? [];
  const service = draft === undefined ? undefined : completeService(draft, NAMES, problems);
  const said = problems.all.map(
    p => `${p.severity} ${p.at.line}:${p.at.column} ${p.message.replace(/(is not supported yet): .*/, '$1')}`,
  );
  return { service, said };
}

/** The same, of which the address is asked. */
function addressed(text: string): Extract<VirtualServer, AddressService> {
  const service = only(text);
  assert.ok('address' in service);
  return service;
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
  assert.ok(check?.type === 'TCP_CHECK' || check?.type === 'HTTP_GET');
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
    const times = (check: Check): readonly number[] => [
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
    const { address, realServers } = addressed(text);
    assert.deepEqual(
      [address, realServers[0]!.address, firstCheck(text).connectAddress],
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
      'error 5:1 TCP_CHECK needs connect_port, since the real server has no port; in keepalived it always fails',
    ]);
    const named = addressed(text.replace('TCP_CHECK { }', 'TCP_CHECK {\nconnect_port 80\n}'));
    assert.deepEqual(
      [named.port, named.realServers[0]!.port, (named.realServers[0]!.checks[0] as TcpCheck).connectPort],
      [0, 0, 80],
    );
  });
});
