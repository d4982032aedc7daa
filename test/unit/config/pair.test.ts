import assert from 'node:assert/strict';
import fc from 'fast-check';
import { showPair } from '../../../src/cli/pair.js';
import { comparePair } from '../../../src/config/pair.js';
import { readConfig } from '../../../src/config/read.js';
import type { Model } from '../../../src/config/model.js';
import { compare, together } from '../../../src/lib/pair.js';

const ROUTER = `global_defs {
router_id lb1
}
vrrp_instance VI_1 {
interface eth0
virtual_router_id 51
priority 150
advert_int 1
authentication {
auth_type PASS
auth_pass 1111
}
virtual_ipaddress {
10.0.0.13/24
10.0.0.14/24
}
}
virtual_server 10.0.0.13 80 {
protocol TCP
lb_algo wrr
lb_kind DR
persistence_timeout 50
real_server 10.0.0.17 80 {
weight 1
TCP_CHECK {
connect_timeout 8
}
}
real_server 10.0.0.18 80 {
weight 1
HTTP_GET {
url {
path /
}
}
}
}
`;
/** The other router of the pair, as it ought to be. */
const OTHER: Changes = [
  ['router_id lb1', 'router_id lb2'],
  ['priority 150', 'priority 100'],
];
type Changes = readonly (readonly [from: string, to: string])[];

const modelOf = (text: string): Model => {
  const { model, problems } = readConfig('ha.conf', text);
  assert.ok(model, problems.map(p => p.message).join('; '));
  return model;
};
function changed(text: string, changes: Changes): string {
  return changes.reduce((before, [from, to]) => {
    assert.ok(before.includes(from), from);
    return before.replace(from, to);
  }, text);
}
const pairOf = (...texts: readonly string[]) =>
  comparePair(texts.map((text, i) => ({ file: `/etc/${i}/ha.conf`, model: modelOf(text) })));
const rows = (...texts: readonly string[]): string[] =>
  pairOf(...texts).differences.map(d => `${d.severity} ${d.where}: ${d.what} ${d.values.join(' | ')}`);
const second = (changes: Changes): string => changed(changed(ROUTER, OTHER), changes);

describe('config: two files as one pair', () => {
  for (const [name, changes, differences] of [
    ['priorities, names and interfaces are each router’s own', [['interface eth0', 'interface ens3']], []],
    [
      'a name for both routers',
      [['router_id lb2', 'router_id lb1']],
      ['warning global_defs: router_id lb1 | lb1'],
    ],
    ['one priority', [['priority 100', 'priority 150']], ['warning vrrp_instance VI_1: priority 150 | 150']],
    [
      'another VRID',
      [['virtual_router_id 51', 'virtual_router_id 52']],
      ['error vrrp_instance VI_1: virtual_router_id 51 | 52'],
    ],
    [
      'another interval',
      [['advert_int 1', 'advert_int 3']],
      ['error vrrp_instance VI_1: advert_int 1 s | 3 s'],
    ],
    [
      'another password, which is not shown',
      [['auth_pass 1111', 'auth_pass 2222']],
      ['error vrrp_instance VI_1: auth_pass secret A | secret B'],
    ],
    [
      'no authentication',
      [['authentication {\nauth_type PASS\nauth_pass 1111\n}\n', '']],
      ['error vrrp_instance VI_1: auth_type PASS | none'],
    ],
    [
      'an address that only one has',
      [['10.0.0.14/24', '10.0.0.15/24']],
      [
        'error vrrp_instance VI_1: virtual_ipaddress 10.0.0.14 there | missing',
        'error vrrp_instance VI_1: virtual_ipaddress 10.0.0.15 missing | there',
      ],
    ],
    ['addresses in another order', [['10.0.0.13/24\n10.0.0.14/24', '10.0.0.14/24\n10.0.0.13/24']], []],
    [
      'an address with another length',
      [['10.0.0.14/24', '10.0.0.14/32']],
      ['warning vrrp_instance VI_1: 10.0.0.14 virtual_ipaddress /24 | /32'],
    ],
    ['an address on another interface', [['10.0.0.14/24', '10.0.0.14/24 dev eth7']], []],
    [
      'another name of the instance',
      [['vrrp_instance VI_1', 'vrrp_instance VI_A']],
      ['warning vrrp_instance VI_1: name VI_1 | VI_A'],
    ],
    [
      'nopreempt on one',
      [['advert_int 1', 'advert_int 1\nnopreempt']],
      ['warning vrrp_instance VI_1: nopreempt off | on'],
    ],
    [
      'other announcements',
      [['advert_int 1', 'advert_int 1\ngarp_master_delay 9']],
      ['warning vrrp_instance VI_1: garp_master_delay 5 s | 9 s'],
    ],
    [
      'an instance that only one has',
      [
        [
          'virtual_server',
          'vrrp_instance VI_2 {\ninterface eth1\nvirtual_router_id 9\nvirtual_ipaddress {\n10.1.0.1\n}\n}\nvirtual_server',
        ],
      ],
      ['error vrrp_instance VI_2: vrrp_instance missing | there'],
    ],
    [
      'a virtual server that only one has',
      [['virtual_server 10.0.0.13 80', 'virtual_server 10.0.0.13 81']],
      [
        'error virtual_server tcp 10.0.0.13:80: virtual_server there | missing',
        'error virtual_server tcp 10.0.0.13:81: virtual_server missing | there',
      ],
    ],
    [
      'another protocol',
      [['protocol TCP', 'protocol UDP']],
      ['error virtual_server tcp 10.0.0.13:80: protocol tcp | udp'],
    ],
    [
      'another scheduler',
      [['lb_algo wrr', 'lb_algo rr']],
      ['warning virtual_server tcp 10.0.0.13:80: lvs_sched wrr | rr'],
    ],
    [
      'another forwarding',
      [['lb_kind DR', 'lb_kind TUN']],
      ['error virtual_server tcp 10.0.0.13:80: lvs_method DR | TUN'],
    ],
    [
      'no persistence, and a quorum',
      [['persistence_timeout 50', 'quorum 2']],
      [
        'warning virtual_server tcp 10.0.0.13:80: persistence_timeout 50 s | off',
        'warning virtual_server tcp 10.0.0.13:80: quorum 1 | 2',
      ],
    ],
    [
      'a real server that only one has',
      [['real_server 10.0.0.18 80', 'real_server 10.0.0.19 80']],
      [
        'warning virtual_server tcp 10.0.0.13:80: real_server 10.0.0.18:80 there | missing',
        'warning virtual_server tcp 10.0.0.13:80: real_server 10.0.0.19:80 missing | there',
      ],
    ],
    [
      'another weight',
      [['weight 1', 'weight 3\ninhibit_on_failure']],
      [
        'warning virtual_server tcp 10.0.0.13:80: 10.0.0.17:80 weight 1 | 3',
        'warning virtual_server tcp 10.0.0.13:80: 10.0.0.17:80 inhibit_on_failure off | on',
      ],
    ],
    [
      'other checks',
      [['TCP_CHECK {', 'HTTP_GET {\nurl {\npath /\n}']],
      ['warning virtual_server tcp 10.0.0.13:80: 10.0.0.17:80 checks TCP_CHECK | HTTP_GET'],
    ],
    [
      'a check with other times',
      [['connect_timeout 8', 'connect_timeout 2.5\nretry 4']],
      [
        'warning virtual_server tcp 10.0.0.13:80: 10.0.0.17:80 TCP_CHECK connect_timeout 8 s | 2.5 s',
        'warning virtual_server tcp 10.0.0.13:80: 10.0.0.17:80 TCP_CHECK retry 1 | 4',
      ],
    ],
    [
      'a check from an address of its own',
      [['connect_timeout 8', 'connect_timeout 8\nbindto 10.0.0.16']],
      [],
    ],
    [
      'a check of other answers, and of one url more',
      [['path /\n}', 'path /\nstatus_code 200 301-302\n}\nurl {\npath /x\n}']],
      [
        'warning virtual_server tcp 10.0.0.13:80: 10.0.0.18:80 HTTP_GET 1 status_code 200-299 | 200 301-302',
        'warning virtual_server tcp 10.0.0.13:80: 10.0.0.18:80 HTTP_GET url 2 missing | there',
      ],
    ],
  ] as readonly (readonly [string, Changes, readonly string[]])[]) {
    it(name, () => assert.deepEqual(rows(ROUTER, second(changes)), differences));
  }

  it('two owners of the addresses are an error, unless one waits', () => {
    const owner: Changes = [['priority 150', 'priority 255']];
    const waits: Changes = [['priority 150', 'priority 255\nstate BACKUP']];
    const named = [OTHER[0]!];
    assert.deepEqual(rows(changed(ROUTER, owner), changed(ROUTER, [...named, ...owner])), [
      'error vrrp_instance VI_1: priority 255 | 255',
    ]);
    assert.deepEqual(rows(changed(ROUTER, owner), changed(ROUTER, [...named, ...waits])), [
      'warning vrrp_instance VI_1: priority 255 | 255',
    ]);
  });

  it('only the first eight bytes of a password count', () => {
    const long = (tail: string): string => ROUTER.replace('1111', `12345678${tail}`);
    assert.deepEqual(rows(long('a'), changed(long('b'), OTHER)), []);
  });

  it('instances belong together by VRID, then by name', () => {
    const two = (a: string, b: string): string =>
      [a, b]
        .map(head => `vrrp_instance ${head}\ninterface eth0\nvirtual_ipaddress {\n10.0.0.1\n}\n}\n`)
        .join('');
    assert.deepEqual(
      rows(
        two('A {\nvirtual_router_id 1\npriority 9', 'B {\nvirtual_router_id 2\npriority 9'),
        two('B {\nvirtual_router_id 1\npriority 8', 'C {\nvirtual_router_id 2\npriority 8'),
      ),
      ['warning vrrp_instance A: name A | B', 'warning vrrp_instance B: name B | C'],
    );
  });

  it('instances that are kept together on one router are to be so on the other', () => {
    const model = modelOf(
      [1, 2, 3]
        .map(
          n => `vrrp_instance VI_${n} {
interface eth0
virtual_router_id ${n}
virtual_ipaddress {
10.0.0.${n}
}
}
`,
        )
        .join(''),
    );
    const renamed = {
      ...model,
      instances: model.instances.map(i => ({ ...i, name: i.name.replace('VI', 'X'), priority: 99 })),
    };
    const group = (...members: readonly string[]) => ({ name: 'G', members });
    const groups = (a: Model['syncGroups'], b: Model['syncGroups']): string[] =>
      comparePair([
        { file: 'a', model: { ...model, syncGroups: a } },
        { file: 'b', model: { ...renamed, syncGroups: b } },
      ])
        .differences.filter(d => d.keyword === 'vrrp_sync_group')
        .map(d => `${d.severity} ${d.where}: ${d.values.join(' | ')}`);
    assert.deepEqual(groups([group('VI_1', 'VI_2')], [group('X_2', 'X_1')]), []);
    assert.deepEqual(groups([group('VI_1', 'VI_2')], [group('X_1', 'X_2', 'X_3')]), [
      'error vrrp_instance VI_1: with VI_2 | with VI_2, VI_3',
      'error vrrp_instance VI_2: with VI_1 | with VI_1, VI_3',
      'error vrrp_instance VI_3: alone | with VI_1, VI_2',
    ]);
  });

  it('three routers are compared at once', () => {
    const third = changed(ROUTER, [
      ['router_id lb1', 'router_id lb3'],
      ['priority 150', 'priority 50'],
      ['advert_int 1', 'advert_int 2'],
      ['auth_pass 1111', 'auth_pass x'],
    ]);
    assert.deepEqual(rows(ROUTER, changed(ROUTER, OTHER), third), [
      'error vrrp_instance VI_1: advert_int 1 s | 1 s | 2 s',
      'error vrrp_instance VI_1: auth_pass secret A | secret A | secret B',
    ]);
  });

  for (const [name, changes, names] of [
    ['by their own names', OTHER, ['lb1', 'lb2']],
    ['by their files when the names are the same', [], ['0/ha.conf', '1/ha.conf']],
    ['by their files when one has no name', [['router_id lb1', '']], ['0/ha.conf', '1/ha.conf']],
  ] as const) {
    it(`routers are called ${name}`, () =>
      assert.deepEqual(
        pairOf(ROUTER, changed(ROUTER, changes)).routers.map(r => r.name),
        names,
      ));
  }

  it('is shown side by side, with what happens and what to write', () => {
    const text = showPair(
      pairOf(
        ROUTER,
        second([
          ['advert_int 1', 'advert_int 2'],
          ['weight 1', 'weight 2'],
          ['weight 1', 'weight 2'],
        ]),
      ),
    );
    assert.equal(
      text,
      `                                        lb1  lb2
vrrp_instance VI_1
  error    advert_int                   1 s  2 s
virtual_server tcp 10.0.0.13:80
  warning  10.0.0.17:80 weight, 1 more  1    2

advert_int: keepalived and holdfast drop adverts of another interval, so that
  each of them is master and answers for the addresses
  = write the same advert_int on all routers

weight: the server gets another share of the connections after a change of hands
  = write the same weight on all routers, unless the difference is meant

lb1 and lb2 as a pair: 1 error, 2 warnings
`,
    );
    assert.equal(showPair(pairOf(ROUTER, second([]))), 'lb1 and lb2 fit together as a pair\n');
  });

  it('never shows a password', () => {
    const pair = pairOf(
      changed(ROUTER, [['1111', 'hush1']]),
      second([['1111', 'hush2']]),
      changed(ROUTER, [['authentication {\nauth_type PASS\nauth_pass 1111\n}\n', '']]),
    );
    assert.doesNotMatch(JSON.stringify(pair) + showPair(pair), /hush/);
  });
});

describe('lib: what belongs together', () => {
  const compared = (...things: readonly (object | undefined)[]): string[] =>
    compare('x', 'y', things, { known: 'different' }).map(d => `${d.what} ${d.values.join(' | ')}`);

  it('fields that nobody has named are compared, too', () => {
    assert.deepEqual(
      compared(
        { name: 'a', preemptDelayMs: 500, known: 1, list: ['p', 'q'], inner: { isOn: true }, only: 1 },
        { name: 'a', preemptDelayMs: 1000, known: 2, list: ['p'], inner: { isOn: false } },
      ),
      ['y preempt_delay 0.5 s | 1 s', 'y list p, q | p', 'y is_on on | off', 'y only 1 | missing'],
    );
  });
  it('members of lists are found by name, by address, and by place', () => {
    assert.deepEqual(
      compared(
        {
          a: [
            { name: 'n', v: 1 },
            { name: 'm', v: 1 },
          ],
          b: [{ address: '::1', port: 1, v: 1 }],
          c: [{ v: 1 }],
        },
        {
          a: [
            { name: 'm', v: 2 },
            { name: 'n', v: 1 },
          ],
          b: [{ address: '::1', port: 1, v: null }],
          c: [],
        },
      ),
      ['y m v 1 | 2', 'y [::1]:1 v 1 | none', 'y c 1 there | missing'],
    );
  });
  it('a router without the thing is left out', () => {
    assert.deepEqual(compared({ v: 1 }, undefined, { v: 1 }), []);
    assert.deepEqual(compared({ v: 1 }, undefined, { v: 2 }), ['y v 1 | missing | 2']);
  });
  it('what may be a secret is shown by letters', () => {
    assert.deepEqual(
      compared({ authKey: 'k', passphrase: 1 }, { authKey: 'j', passphrase: 2 }, { authKey: 'k' }),
      ['y auth_key secret A | secret B | secret A', 'y passphrase secret A | secret B | none'],
    );
  });

  const thing = fc.record({ id: fc.nat(3), name: fc.constantFrom('a', 'b', 'c') });
  it('each thing stands in one group, no group has two of one router, and the first rule decides', () => {
    fc.assert(
      fc.property(fc.array(fc.array(thing, { maxLength: 5 }), { minLength: 1, maxLength: 3 }), routers => {
        const groups = together(routers, [t => `${t.id}${t.name}`, t => `${t.id}`, t => t.name]);
        for (const [i, things] of routers.entries()) {
          const found = groups.flatMap(group => (group[i] === undefined ? [] : [group[i]]));
          assert.equal(found.length, things.length);
          assert.deepEqual(new Set(found), new Set(things));
        }
        // Nothing that could still be put together under the last rule is left apart.
        for (const one of groups) {
          for (const other of groups) {
            if (one === other) continue;
            const share = one.some(a => other.some(b => a !== undefined && b?.name === a.name));
            const clash = routers.some((_, i) => one[i] !== undefined && other[i] !== undefined);
            assert.ok(!share || clash);
          }
        }
      }),
      { numRuns: 2000 },
    );
  });
});
