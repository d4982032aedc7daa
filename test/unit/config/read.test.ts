import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { readConfig } from '../../../src/config/read.js';
import { showProblem, withoutNotes } from '../../../src/config/show.js';

const said = (text: string): string[] =>
  readConfig('ha.conf', text).problems.map(
    p => `${p.severity} ${p.at.line}:${p.at.column} ${p.message.replace(/(is not supported yet): .*/, '$1')}`,
  );

const instance = (body: string): string => `vrrp_instance VI_1 {
interface eth0
virtual_router_id 51
virtual_ipaddress { 10.0.0.13/24 }
${body}
}
`;
const instanceOf = (body: string) => readConfig('ha.conf', instance(body)).model?.instances[0];

describe("config: the guide's files", () => {
  for (const [file, priority, startAs] of [
    ['config/lb03.conf', 150, 'MASTER'],
    ['config/lb04.conf', 100, 'BACKUP'],
  ] as const) {
    it(`${file} is read whole`, () => {
      const { model, problems } = readConfig(file, readFileSync(file, 'utf8'));
      assert.deepEqual(model?.instances, [
        {
          name: 'VI_1',
          interface: 'eth0',
          version: 2,
          virtualRouterId: 51,
          priority,
          startAs,
          preempt: true,
          advertIntervalMs: 1000,
          authentication: { type: 'PASS', password: '1111' },
          source: null,
          unicast: null,
          addresses: [{ address: '10.0.0.13', prefixLength: 24, interface: 'eth0' }],
          announce: { repeat: 5, delayMs: 5000, refreshMs: 0, refreshRepeat: 1 },
          tracks: [],
        },
      ]);
      const [service] = model.services;
      assert.equal(service?.scheduler, 'wrr');
      assert.equal(service.forwarding, 'DR');
      assert.equal(service.persistenceTimeout, 50);
      assert.deepEqual(
        service.realServers.map(s => [
          s.address,
          s.port,
          s.weight,
          s.checks[0]?.type,
          s.checks[0]?.timeoutMs,
          s.checks[0]?.retry,
        ]),
        [
          ['10.0.0.17', 80, 1, 'TCP_CHECK', 8000, 3],
          ['10.0.0.18', 80, 1, 'TCP_CHECK', 8000, 3],
        ],
      );
      // nat_mask, and nb_get_retry once in each TCP_CHECK: they work, with a warning.
      assert.deepEqual(
        withoutNotes(problems).map(p => p.severity),
        ['warning', 'warning', 'warning'],
      );
    });
  }
});

describe('config: the language', () => {
  const plain = readConfig(
    'ha.conf',
    instance('priority 100\nauthentication {\nauth_type PASS\nauth_pass "a b"\n}'),
  ).model;
  for (const [name, text] of [
    [
      'a brace on the next line',
      instance('priority 100\nauthentication\n\n{\nauth_type PASS\nauth_pass "a b"\n}'),
    ],
    ['everything on one line', instance('priority 100\nauthentication { auth_type PASS\nauth_pass "a b" }')],
    [
      'a brace glued to its word',
      instance('priority 100\nauthentication{\nauth_type PASS\nauth_pass "a b"\n}'),
    ],
    [
      'comments with # and !',
      instance(
        'priority 100 # the lesser\n! nothing\nauthentication { # why\nauth_type PASS\nauth_pass "a b"!x\n}',
      ),
    ],
    [
      'CRLF',
      instance('priority 100\nauthentication {\nauth_type PASS\nauth_pass "a b"\n}').replaceAll('\n', '\r\n'),
    ],
    [
      'tabs and odd spaces',
      instance('\tpriority\t 100\t\n  authentication\t{\n\t\tauth_type   PASS\nauth_pass\t"a b"\n}'),
    ],
    [
      'no newline at the end',
      instance('priority 100\nauthentication {\nauth_type PASS\nauth_pass "a b"\n}').trimEnd(),
    ],
  ] as const) {
    it(`reads the same with ${name}`, () => {
      const reading = readConfig('ha.conf', text);
      assert.deepEqual(reading.problems, []);
      assert.deepEqual(reading.model, plain);
    });
  }

  it('keeps what is quoted or escaped', () => {
    assert.equal(
      instanceOf('authentication {\nauth_type PASS\nauth_pass "a#!{}\\""\n}')?.authentication?.password,
      'a#!{}"',
    );
    assert.equal(
      instanceOf('authentication {\nauth_type PASS\nauth_pass a\\#b\n}')?.authentication?.password,
      'a#b',
    );
  });
});

describe('config: vrrp_instance', () => {
  it('fills in what is left out', () => {
    const got = instanceOf('');
    assert.deepEqual(
      [got?.priority, got?.startAs, got?.preempt, got?.advertIntervalMs, got?.authentication],
      [100, 'BACKUP', true, 1000, null],
    );
  });
  it('gives an address without a length /32', () => {
    const { model } = readConfig(
      'x',
      'vrrp_instance A {\ninterface eth0\nvirtual_router_id 1\nvirtual_ipaddress {\n10.0.0.1\n10.0.0.2/24 dev eth1\n}\n}',
    );
    assert.deepEqual(model?.instances[0]?.addresses, [
      { address: '10.0.0.1', prefixLength: 32, interface: 'eth0' },
      { address: '10.0.0.2', prefixLength: 24, interface: 'eth1' },
    ]);
  });
  it('takes the defaults of global_defs, wherever it stands', () => {
    const { model } = readConfig(
      'x',
      `${instance('garp_master_repeat 2')}global_defs {\nvrrp_garp_master_delay 0\nvrrp_garp_master_repeat 9\n}`,
    );
    assert.deepEqual(model?.instances[0]?.announce, {
      repeat: 2,
      delayMs: 0,
      refreshMs: 0,
      refreshRepeat: 1,
    });
  });
  it('believes nopreempt of a backup', () => {
    assert.equal(instanceOf('nopreempt')?.preempt, false);
    assert.equal(instanceOf('nopreempt\npreempt')?.preempt, true);
  });

  for (const [name, body, problems] of [
    [
      'a number that is too large',
      'priority 300',
      [
        'warning 5:10 priority takes a whole number from 1 to 255, not "300"; as in keepalived, 100 counts then',
      ],
    ],
    [
      'a word for a number',
      'advert_int soon',
      ['warning 5:12 advert_int takes seconds from 0.01 to 255, not "soon"; as in keepalived, 1 counts then'],
    ],
    ['a missing argument', 'priority', ['error 5:1 priority takes a whole number from 1 to 255']],
    [
      'a state there is none of',
      'state MASTR',
      ['warning 5:7 state takes one of MASTER, BACKUP, not "MASTR"; as in keepalived, BACKUP counts then'],
    ],
    [
      'an unknown word with its whole block',
      'virtual_adress {\n10.0.0.1\nx {\ny\n}\n}\npriority 1',
      [
        'warning 5:1 virtual_adress is not a keyword of vrrp_instance VI_1; it is ignored, with its block if it has one',
      ],
    ],
    [
      'nopreempt with state MASTER',
      'priority 9\nstate MASTER\nnopreempt',
      ['warning 7:1 nopreempt has no effect with state MASTER, as in keepalived'],
    ],
    [
      'state MASTER without a priority',
      'state MASTER',
      ['warning 1:15 state MASTER without a priority makes this router the owner, with priority 255'],
    ],
    [
      'a fraction of a second in VRRPv2',
      'advert_int 0.4',
      ['warning 5:1 VRRPv2 sends whole seconds: 1 s is used, as in keepalived'],
    ],
    [
      'a password that is too long',
      'authentication {\nauth_type PASS\nauth_pass 123456789\n}',
      ['warning 7:1 auth_pass is longer than 8 bytes; only the first 8 count'],
    ],
    [
      'authentication without a password',
      'authentication {\nauth_type PASS\n}',
      ['warning 5:1 without auth_pass adverts carry no password, as in keepalived'],
    ],
    ['what is not there yet', 'use_vmac', ['error 5:1 use_vmac is not supported yet']],
    ['VRRPv3', 'version 3', ['error 5:1 version 3 is not supported yet']],
    [
      'an address that is none',
      'virtual_ipaddress {\n10.0.0.256\n}',
      ['error 6:1 "10.0.0.256" is no address; keepalived leaves the line out'],
    ],
  ] as const) {
    it(`says it: ${name}`, () => assert.deepEqual(said(instance(body)), problems));
  }

  it('misses what is required', () => {
    assert.deepEqual(said('vrrp_instance VI_1 {\n}'), [
      'error 1:1 interface is missing in vrrp_instance VI_1',
      'error 1:1 virtual_router_id is missing in vrrp_instance VI_1',
      'warning 1:15 there is no address to move; only the role does, as in keepalived',
    ]);
  });
  it('says it when two routers would be one', () => {
    assert.deepEqual(said(instance('') + instance('').replace('VI_1', 'VI_2')), [
      'error 9:1 virtual_router_id 51 is there a second time on eth0; keepalived does not start',
      'warning 10:21 10.0.0.13 moves with VI_1, too; whichever of the two becomes backup takes it from the other',
    ]);
    assert.deepEqual(said(instance('') + instance('').replace('51', '52')), [
      'warning 7:15 vrrp_instance VI_1 is there a second time; as in keepalived, the first counts',
    ]);
  });
});

describe('config: mistakes', () => {
  it('reports all of them at once, in the order of the file', () => {
    assert.deepEqual(
      said(`${instance('virtual_router_id 300\ninterface a/b')}virtual_server 10.0.0.13 80000 {\n}`).map(p =>
        p.slice(0, 10),
      ),
      ['error 5:19', 'error 6:11', 'warning 8:'],
    );
  });
  for (const [name, text, problems] of [
    [
      'a quote that is never closed',
      instance('authentication {\nauth_type PASS\nauth_pass "ab\n}'),
      ['error 7:11 this quote is never closed'],
    ],
  ] as const) {
    it(`says it: ${name}`, () => assert.deepEqual(said(text), problems));
  }

  it('shows the line, a caret under the word, and the likely fix', () => {
    const text = instance('\tstate  MASTR');
    assert.equal(
      showProblem(readConfig('ha.conf', text).problems[0]!, text),
      [
        'ha.conf:5:9: warning: state takes one of MASTER, BACKUP, not "MASTR"; as in keepalived, BACKUP counts then',
        ' 5 | \tstate  MASTR',
        '   | \t       ^^^^^',
        '   = did you mean MASTER?',
      ].join('\n'),
    );
  });

  it('never shows a password', () => {
    for (const text of [
      instance('authentication {\nauth_type PASS\nauth_pass "hush hush\n}'),
      instance('authentication {\nauth_type PASS\nauth_pass hush-hush-hush\n}'),
      instance('authentication {\nauth_type PASS\nauth_pass hush hush\n}'),
      instance('authentication { auth_type PASS\n auth_pass hush-hush-hush }'),
      instance('authentication { auth_type PASS\n auth_pass hush-hush x }'),
    ]) {
      const { problems } = readConfig('ha.conf', text);
      assert.notEqual(problems.length, 0);
      assert.doesNotMatch(problems.map(p => showProblem(p, text)).join('\n'), /hush/);
    }
  });
});
