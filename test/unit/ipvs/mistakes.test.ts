import assert from 'node:assert/strict';
import { readConfig } from '../../../src/config/read.js';

/** Everything that is said of a text, as `severity line:column message`. */
const said = (text: string): string[] =>
  readConfig('ha.conf', text)
    .problems.filter(p => p.severity !== 'note')
    .map(
      p =>
        `${p.severity} ${p.at.line}:${p.at.column} ${p.message.replace(/( is not supported yet): .*/, '$1')}`,
    );

const hints = (text: string): (string | undefined)[] => readConfig('ha.conf', text).problems.map(p => p.hint);

/** A virtual server whose line 1 is its head and whose line 2 is `outer`, with one real server in line 3. */
const server = (inner = '', outer = 'protocol TCP', where = '10.0.0.13 80'): string =>
  `virtual_server ${where} {\n${outer}\nreal_server 10.0.0.17 80 {\n${inner}\n}\n}`;
const service = (outer: string): string => server('', `protocol TCP\n${outer}`);

/** A check in line 4, with its first keyword in line 5. */
const check = (type: string, body: string): string => server(`${type} {\n${body}\n}`);

const NOT_YET = 'is not supported yet';

type Table = readonly (readonly [name: string, text: string, said: readonly string[]])[];

/** @param usable can the file be used in spite of it? */
function saysOf(rows: Table, usable: boolean): void {
  for (const [name, text, sentences] of rows) {
    it(`${name}: ${usable ? 'a warning, and the file is used' : 'an error'}`, () => {
      assert.deepEqual(said(text), sentences);
      assert.equal(readConfig('ha.conf', text).model !== undefined, usable);
    });
  }
}

describe('virtual_server: what keepalived goes on with, and so do we', () => {
  saysOf(
    [
      [
        'a scheduler that there is none of',
        service('lb_algo loadbalance'),
        [
          'warning 3:9 lb_algo takes one of rr, wrr, lc, wlc, lblc, lblcr, sh, mh, dh, fo, ovf, sed, nq, twos, not "loadbalance"; as in keepalived, wlc counts then',
        ],
      ],
      [
        'a kind of DPVS',
        service('lb_kind FNAT'),
        ['warning 3:9 lb_kind takes one of NAT, DR, TUN, not "FNAT"; as in keepalived, NAT counts then'],
      ],
      [
        'a kind in small letters',
        service('lvs_method dr'),
        ['warning 3:12 lvs_method takes one of NAT, DR, TUN, not "dr"; as in keepalived, NAT counts then'],
      ],
      [
        'both names of the scheduler',
        service('lb_algo rr\nlvs_sched wrr'),
        ['warning 4:1 lvs_sched and lb_algo in line 3 are two names of the same; the later counts'],
      ],
      [
        'words behind a kind',
        service('lb_kind DR direct'),
        ['warning 3:12 "direct" behind DR is ignored, as in keepalived'],
      ],
      [
        'a protocol that IPVS does not have',
        server('', 'protocol ICMP'),
        ['warning 2:10 protocol takes one of TCP, UDP, SCTP, not "ICMP"; as in keepalived, UDP counts then'],
      ],
      ['no protocol', server('', ''), ['warning 1:1 protocol is missing in virtual_server; it is UDP then']],
      [
        'persistence_timeout 0',
        service('persistence_timeout 0'),
        [
          'warning 3:21 persistence_timeout takes a whole number from 1 to 2678400, not "0"; as in keepalived, no persistence counts then',
        ],
      ],
      [
        'a persistence of 32 days',
        service('persistence_timeout 2764800'),
        [
          'warning 3:21 persistence_timeout takes a whole number from 1 to 2678400, not "2764800"; as in keepalived, no persistence counts then',
        ],
      ],
      [
        'all ports without persistence',
        server('', 'protocol TCP', '10.0.0.13'),
        ['warning 1:1 a virtual server for all ports must be persistent; it is for 360 s, as in keepalived'],
      ],
      [
        'a weight that was to be filled in',
        server('weight X'),
        [
          'warning 4:8 weight takes a whole number from 0 to 2147483647, not "X"; as in keepalived, the virtual server\'s counts then',
        ],
      ],
      [
        'a weight below 0',
        server('weight -1'),
        [
          'warning 4:8 weight takes a whole number from 0 to 2147483647, not "-1"; as in keepalived, the virtual server\'s counts then',
        ],
      ],
      [
        'weights of nothing but 0',
        server('weight 0'),
        [
          'warning 1:1 all real servers weigh 0: none gets connections, and keepalived never counts the service as up',
        ],
      ],
      [
        'a quorum out of reach',
        service('quorum 5'),
        ['warning 3:1 quorum 5 is more than all real servers weigh; it is 1 then, as in keepalived'],
      ],
      [
        'a quorum of 0',
        service('quorum 0'),
        [
          'warning 3:8 quorum takes a whole number from 1 to 4294967295, not "0"; as in keepalived, 1 counts then',
        ],
      ],
      [
        'a hysteresis that is as large as the quorum',
        server('weight 5', 'protocol TCP\nquorum 3\nhysteresis 3'),
        ['warning 4:1 hysteresis 3 is not below quorum 3; keepalived takes 2'],
      ],
      [
        'retry 0 outside a check',
        server('retry 0'),
        [
          'warning 4:7 retry takes a whole number from 1 to 4294967295, not "0"; as in keepalived, the virtual server\'s counts then',
        ],
      ],
      [
        'a delay_loop of 0',
        service('delay_loop 0'),
        [
          'warning 3:12 delay_loop takes seconds from 0.000001 to 18446744073709, not "0"; as in keepalived, 60 counts then',
        ],
      ],
      [
        'a switch that is switched off',
        service('inhibit_on_failure off'),
        ['warning 3:20 keepalived takes inhibit_on_failure for on, whatever follows it; here it is off'],
      ],
      [
        'a script that is not run',
        server('notify_up "/bin/true a"'),
        ['warning 4:1 notify_up is not supported: the script is not run'],
      ],
      [
        'an option of Linux 2.2',
        service('nat_mask 255.255.255.0'),
        ['warning 3:1 nat_mask has had no effect since the IPVS of Linux 2.4; leave it out'],
      ],
      [
        'a typing error',
        service('net_mask 255.255.255.0'),
        [
          'warning 3:1 net_mask is not a keyword of virtual_server; it is ignored, with its block if it has one',
        ],
      ],
    ],
    true,
  );

  it('inherits what stands above, where its own value cannot be read', () => {
    const { model } = readConfig('ha.conf', server('weight X', 'protocol TCP\nweight 7'));
    assert.equal(model?.services[0]?.realServers[0]?.weight, 7);
  });
  it('takes the later of two names', () => {
    const { model } = readConfig('ha.conf', service('lvs_sched rr\nlb_algo sh\nlb_kind TUN\nlvs_method DR'));
    assert.deepEqual([model?.services[0]?.scheduler, model?.services[0]?.forwarding], ['sh', 'DR']);
  });
  it('is persistent for all ports, and for a granularity that the kernel has anyway', () => {
    for (const text of [
      server('', 'protocol TCP', '10.0.0.13'),
      service('persistence_granularity 255.255.255.255'),
    ]) {
      assert.equal(readConfig('x', text).model?.services[0]?.persistenceTimeout, 360);
    }
  });

  for (const [wrong, hint] of [
    ['lb_kind FNAT', /DPVS.*NAT/],
    ['lb_kind fullnat', /patched kernel/],
    ['lb_kind tunneling', /^write TUN$/],
    ['lb_kind direct', /^write DR$/],
    ['lb_kind dr', /^did you mean DR\?$/],
    ['lb_algo wwr', /^did you mean wrr\?$/],
    ['net_mask 1.1.1.1', /^did you mean nat_mask\?$/],
    ['delay_loop <seconds>', /placeholder of a template/],
    ['quorum 3', /sum of weights/],
  ] as const) {
    it(`knows what was meant by ${wrong}`, () => assert.match(hints(service(wrong))[0] ?? '', hint));
  }
});

describe('real_server: what keepalived leaves out, and so do we', () => {
  const two = (second: string, outer = 'protocol TCP'): string =>
    `virtual_server 10.0.0.13 80 {\n${outer}\nreal_server 10.0.0.17 80 {\n}\nreal_server ${second} {\n}\n}`;
  saysOf(
    [
      [
        'an address that was to be filled in',
        two('<ip> 80'),
        [
          'warning 5:13 real_server takes an IPv4 or IPv6 address, not "<ip>"; the server is left out, as in keepalived',
        ],
      ],
      [
        'a port that is none',
        two('10.0.0.18 http'),
        [
          'warning 5:23 real_server takes a port from 1 to 65535, not "http"; the server is left out, as in keepalived',
        ],
      ],
      [
        'the same server again',
        two('10.0.0.17 80'),
        [
          'warning 5:13 real server 10.0.0.17:80 is there twice in this virtual server; the second is left out, as in keepalived',
        ],
      ],
      [
        'a server of another family',
        two('fd00::17 80'),
        [
          'warning 5:13 real server fd00::17 is of another address family than its virtual server; it is left out, as in keepalived',
        ],
      ],
      [
        'a port of its own with DR',
        two('10.0.0.18 8080', 'protocol TCP\nlb_kind DR'),
        [
          "warning 6:13 with DR a real server has its virtual server's port: 80 in place of 8080; checks still ask 8080, as in keepalived",
        ],
      ],
    ],
    true,
  );

  it('leaves out nothing but that', () => {
    const { model } = readConfig('x', two('<ip> 80'));
    assert.deepEqual(
      model?.services[0]?.realServers.map(s => s.address),
      ['10.0.0.17'],
    );
  });
  it('finds the same real server in two spellings', () => {
    const text = `virtual_server fd00::13 80 {\nprotocol TCP\nreal_server fd00::17 80 {\n}\nreal_server FD00:0::17 80 {\n}\n}`;
    assert.match(said(text)[0] ?? '', /^warning 5:13 real server \[fd00::17\]:80 is there twice/);
  });
  it('TUN takes servers of the other family', () => {
    assert.deepEqual(said(two('fd00::18 80', 'protocol TCP\nlb_kind TUN')), []);
  });
  for (const [written, hint] of [
    ['10.0.0.18:80', 'write 10.0.0.18 80'],
    ['10.0.0.18/24 80', 'write 10.0.0.18, without a length'],
    ['SERVER_IP 80', '"SERVER_IP" looks like the placeholder of a template; write the value in its place'],
    ['web01 80', undefined],
    [
      'YOUR_SERVER 80',
      '"YOUR_SERVER" looks like the placeholder of a template; write the value in its place',
    ],
  ] as const) {
    it(`knows what was meant by ${written}`, () => assert.equal(hints(two(written))[0], hint));
  }
});

describe('virtual_server: services that keepalived leaves out or puts together', () => {
  const another = `\n${server('', 'protocol TCP', '10.0.0.99 80')}`;
  saysOf(
    [
      [
        'an address that is none',
        server('', 'protocol TCP', '10.0.0.300 80') + another,
        [
          'warning 1:16 virtual_server takes an IPv4 or IPv6 address, not "10.0.0.300"; the service is left out, as in keepalived',
        ],
      ],
      [
        'a port that is none',
        server('', 'protocol TCP', '10.0.0.13 http') + another,
        [
          'warning 1:26 virtual_server takes a port from 1 to 65535, not "http"; the service is left out, as in keepalived',
        ],
      ],
      [
        'a mark that is none',
        server('', '', 'fwmark web') + another,
        [
          'warning 1:23 virtual_server fwmark takes a whole number from 1 to 4294967295, not "web"; the service is left out, as in keepalived',
        ],
      ],
      [
        'no real servers',
        `virtual_server 10.0.0.13 80 { }${another}`,
        ['warning 1:1 a virtual server without real servers is left out, as in keepalived'],
      ],
      [
        'the same service again',
        `${server()}\n${server().replace('17 80', '18 80')}`,
        [
          'warning 7:1 virtual_server tcp 10.0.0.13:80 is there a second time; its real servers are added to the first, as in keepalived',
        ],
      ],
    ],
    true,
  );
  it('the first of two that are the same says how, both say who', () => {
    const text = `${service('lb_algo rr')}\n${service('lb_algo sh')}\n${service('lb_algo dh').replace('17 80', '18 80')}`;
    const { model } = readConfig('x', text);
    assert.deepEqual(
      model?.services.map(s => [s.scheduler, s.realServers.map(r => r.address)]),
      [['rr', ['10.0.0.17', '10.0.0.18']]],
    );
  });
  it('of two that are the same and forward in two ways, the servers of each are reached in its way', () => {
    const text = `${service('lb_kind NAT')}\n${service('lb_kind DR').replace('17 80', '18 80')}`;
    const { model } = readConfig('x', text);
    assert.deepEqual(
      model?.services.map(s => [s.forwarding, s.realServers.map(r => r.method?.kind)]),
      [['NAT', [undefined, 'DR']]],
    );
  });
});

describe('virtual_server: errors', () => {
  saysOf(
    [
      [
        'mark 0, which keepalived makes a wrong service of',
        server('', '', 'fwmark 0'),
        [
          'error 1:23 there is no mark 0: for the kernel that is none, and keepalived makes another service of it',
        ],
      ],
      ['no mark', server('', '', 'fwmark'), ['error 1:16 virtual_server fwmark takes a mark']],
      [
        'nothing but a service that nobody serves',
        'virtual_server 10.0.0.13 80 { }',
        [
          'warning 1:1 a virtual server without real servers is left out, as in keepalived',
          'error 1:1 there is neither a vrrp_instance nor a virtual_server in this file',
        ],
      ],
      ...(
        [
          ['a script that moves addresses', service('quorum_up /bin/true'), 3, 1, 'quorum_up'],
          ['thresholds', server('uthreshold 100'), 4, 1, 'uthreshold 100'],
          ['the source port of a check', check('TCP_CHECK', 'bind_port 99'), 5, 1, 'bind_port'],
        ] as const
      ).map(
        ([name, text, line, column, what]) =>
          [`${name}, which is not there yet`, text, [`error ${line}:${column} ${what} ${NOT_YET}`]] as const,
      ),
    ],
    false,
  );

  for (const text of [
    service('alpha off'),
    server('alpha off\nuthreshold 0\nlthreshold 0'),
    service('lb_kind TUN type ipip nocsum'),
    service('hysteresis 0'),
    check('TCP_CHECK', 'fwmark 0\nlog_all_failures off'),
  ]) {
    it(`asks for nothing: ${text.split('\n').slice(2, 6).join(' / ')}`, () => {
      assert.deepEqual(
        said(text).filter(p => !p.includes('takes alpha for on')),
        [],
      );
    });
  }

  it('says it when the sorry server is one of those whose failure it is for', () => {
    assert.match(
      said(service('sorry_server 10.0.0.17')).join('\n'),
      /3:14 the sorry server is a real server/,
    );
    assert.doesNotMatch(said(service('sorry_server 10.0.0.9')).join('\n'), /is a real server/);
  });
  it('says it when the kernel would refuse a server', () => {
    assert.match(
      said(server('uthreshold 5\nlthreshold 9')).join('\n'),
      /5:1 lthreshold 9 is above uthreshold 5: the kernel refuses the server/,
    );
  });
});

describe('virtual_server_group', () => {
  const group = (lines: string, name = 'web'): string =>
    `virtual_server_group ${name} {\n${lines}\n}\n${server('', 'protocol TCP', 'group web')}`;
  const about = (text: string): string[] => said(text).filter(p => !p.includes('there is neither'));

  for (const [name, text, sentences] of [
    [
      'takes addresses, ranges, networks and marks',
      group(
        '10.0.0.1 80\n10.0.0.5-9 80\n10.0.0.1-10.0.1.4\n10.0.1.0/30 80\nfd00::1-f 80\nfd00::/120\nfwmark 8 inet6',
      ),
      ['warning 10:1 a virtual server for all ports must be persistent; it is for 360 s, as in keepalived'],
    ],
    [
      'an unknown name',
      group('10.0.0.1 80', 'wep'),
      [
        'warning 4:22 there is no virtual_server_group web; keepalived leaves this service out without a word',
      ],
    ],
    [
      'no members',
      group(''),
      ['warning 1:22 virtual_server_group web has no members; keepalived leaves it out'],
    ],
    [
      'marks among addresses',
      group('10.0.0.1 80\nfd00::1 80\nfwmark 7'),
      [
        'warning 1:22 virtual_server_group web has addresses of both families, and marks without one; keepalived leaves it out',
      ],
    ],
    [
      'a second group of that name',
      `virtual_server_group web {\n10.0.0.1 80\n}\n${group('10.0.0.2 80')}`,
      ['warning 4:22 virtual_server_group web is there a second time; keepalived uses the first'],
    ],
    ...(
      [
        ['10.0.0.9-5 80', '1 "10.0.0.9-5" ends before it begins'],
        ['10.0.0.250-300 80', '1 "10.0.0.250-300" is no range of addresses'],
        ['10.0.0.0/33 80', '1 "10.0.0.0/33" is no range of addresses'],
        ['10.0.0.1-fd00::1 80', '1 "10.0.0.1-fd00::1" is no range of addresses'],
        ['www 80', '1 "www" is no address'],
        ['10.0.0.1 http', '10 a port is a number up to 65535, not "http"'],
        ['fwmark x', '8 fwmark takes a whole number from 1 to 4294967295, not "x"'],
        ['fwmark', '1 fwmark takes a number'],
        ['fwmark 7 both', '10 "both" is no family: inet or inet6'],
      ] as const
    ).map(
      ([line, sentence]) =>
        [
          line,
          group(`10.0.0.1 80\n${line}`),
          [`warning 3:${sentence}; the line is left out, as in keepalived`],
        ] as const,
    ),
  ] as const) {
    it(`says it: ${name}`, () => assert.deepEqual(about(text), sentences));
  }
});
