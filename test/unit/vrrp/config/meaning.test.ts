import assert from 'node:assert/strict';
import { ALONE } from '../../../../src/config/expand.js';
import { readConfig } from '../../../../src/config/read.js';
import { instance, said } from '../reading.js';

type Cases = readonly (readonly [name: string, text: string, said: readonly string[]])[];

const SCRIPT = 'vrrp_script web {\nscript /bin/check\n}\n';
const watching = (what: string): string => instance(`track_script {\n${what}\n}`);
const second = (body = ''): string => instance(body, 'VI_2', 52, '10.0.0.14/24');

describe('vrrp: what the words of an instance mean together', () => {
  const cases: Cases = [
    ['nothing is wrong', instance('priority 100\nadvert_int 1\nnopreempt'), []],
    [
      'an owner that starts as backup',
      instance('priority 255\nstate BACKUP'),
      [
        'warning 8:1 an owner (priority 255) with state BACKUP waits for three adverts before it takes its addresses, as in keepalived | write state MASTER, or a priority below 255',
      ],
    ],
    [
      'nopreempt of an owner',
      instance('priority 255\nnopreempt'),
      [
        'warning 8:1 nopreempt has no effect with priority 255, as in keepalived | write state BACKUP on both routers, and a priority below 255',
      ],
    ],
    [
      'preempt_delay that nopreempt undoes',
      instance('nopreempt\npreempt_delay 60'),
      ['warning 8:1 preempt_delay has no effect with nopreempt, as in keepalived | leave one of the two out'],
    ],
    [
      'preempt_delay that state MASTER undoes',
      instance('priority 9\nstate MASTER\npreempt_delay 60'),
      ['warning 9:1 preempt_delay has no effect with state MASTER, as in keepalived | write state BACKUP'],
    ],
    [
      'preempt_delay that counts',
      instance('preempt_delay 60'),
      ['error 7:1 preempt_delay is not supported yet: a router takes over after the usual time'],
    ],
    [
      'half a second, which is a whole one',
      instance('advert_int 0.2'),
      ['warning 7:1 VRRPv2 sends whole seconds: 1 s is used, as in keepalived | write advert_int 1'],
    ],
    [
      'a second and a half, which are two',
      instance('advert_int 1.5'),
      ['warning 7:1 VRRPv2 sends whole seconds: 2 s is used, as in keepalived | write advert_int 2'],
    ],
    [
      'a little more than a second, which is one',
      instance('advert_int 1.4'),
      ['warning 7:1 VRRPv2 sends whole seconds: 1 s is used, as in keepalived | write advert_int 1'],
    ],
    [
      'a password without its kind',
      instance('authentication {\nauth_pass x\n}'),
      ['warning 7:1 without auth_type adverts carry no password, as in keepalived | write auth_type PASS'],
    ],
    [
      'an empty password',
      instance('authentication {\nauth_type PASS\nauth_pass ""\n}'),
      [
        'warning 7:1 without auth_pass adverts carry no password, as in keepalived | write auth_pass with up to 8 bytes',
      ],
    ],
    [
      'a kind that there is none of',
      instance('authentication {\nauth_type MD5\nauth_pass x\n}'),
      ['warning 8:11 auth_type takes one of PASS, AH, not "MD5"; as in keepalived, none counts then'],
    ],
    [
      'a digest',
      instance('authentication {\nauth_type AH\nauth_pass x\n}'),
      ['error 8:1 auth_type AH is not supported yet: adverts would carry no digest'],
    ],
    [
      'eight characters that are more than eight bytes',
      instance('authentication {\nauth_type PASS\nauth_pass pässwörd\n}'),
      ['warning 9:1 auth_pass is longer than 8 bytes; only the first 8 count'],
    ],
    [
      'a password for VRRPv3',
      instance('version 3\nauthentication {\nauth_type PASS\nauth_pass x\n}'),
      [
        'error 7:1 version 3 is not supported yet: adverts are those of VRRPv2',
        'warning 8:1 VRRPv3 has no authentication; this block is ignored, as in keepalived',
      ],
    ],
    [
      'the loopback interface',
      instance('interface lo'),
      ['error 7:11 adverts cannot be sent on lo; keepalived refuses to start'],
    ],
    [
      'no address',
      instance().replace('10.0.0.13/24\n', ''),
      [
        'warning 4:1 there is no address to move; only the role does, as in keepalived | write virtual_ipaddress { 10.0.0.13/24 }',
      ],
    ],
    ['no address, on purpose', instance('no_virtual_ipaddress').replace('10.0.0.13/24\n', ''), []],
    [
      'no address in VRRPv3',
      instance('version 3').replace('10.0.0.13/24\n', ''),
      [
        'error 4:1 there is no address to move; keepalived refuses to start with VRRPv3 | write virtual_ipaddress { 10.0.0.13/24 }',
        'error 6:1 version 3 is not supported yet: adverts are those of VRRPv2',
      ],
    ],
    [
      'both families',
      instance('virtual_ipaddress {\nfd00::13/64\n}'),
      [
        'warning 8:1 an instance has addresses of one family; keepalived leaves fd00::13 out, or does not name it in adverts | write it into virtual_ipaddress_excluded',
        'error 8:1 an IPv6 address is not supported yet: it would not move',
      ],
    ],
    [
      'an address that is there twice',
      instance('virtual_ipaddress {\n10.0.0.13\n}'),
      ['warning 8:1 10.0.0.13 is there a second time | the first is in line 5'],
    ],
    [
      'more addresses than an advert has room for',
      instance('virtual_ipaddress {\n~SEQ(n, 1, 255) 10.0.1.$n\n}'),
      [
        'error 8:17 an instance with 256 addresses is not supported yet: an advert has room for 255, and keepalived moves the others without naming them',
      ],
    ],
    [
      'a source of unicast without a peer',
      instance('unicast_peer {\n}'),
      [
        'warning 7:1 there is no peer that adverts can be sent to; keepalived sends them to its multicast group then | write the addresses of the other routers into unicast_peer',
      ],
    ],
    [
      'a peer and a source of IPv6',
      instance('unicast_src_ip fd00::1\nunicast_peer {\nfd00::2\n10.0.0.2\n}'),
      [
        'error 7:16 fd00::1 is not supported yet: adverts are those of IPv4',
        'error 9:1 fd00::2 is not supported yet: adverts are those of IPv4',
      ],
    ],
    [
      'a peer that is the router itself',
      instance('unicast_src_ip 10.0.0.1\nunicast_peer {\n10.0.0.1\n10.0.0.2 min_ttl 9 max_ttl 8\n}'),
      [
        'warning 9:1 10.0.0.1 is this router itself; keepalived sends adverts to it, too | take it out of unicast_peer',
        'warning 10:1 no TTL is 9 or more and 8 or less; keepalived hears nothing of this peer',
      ],
    ],
  ];
  for (const [name, text, problems] of cases) {
    it(`says it: ${name}`, () => assert.deepEqual(said(text), problems));
  }

  const modelOf = (text: string) => readConfig('x', text, ALONE).model;
  it('counts gratuitous ARPs as vrrp_min_garp does', () => {
    assert.deepEqual(modelOf(`global_defs {\nvrrp_min_garp\n}\n${instance()}`)?.instances[0]?.announce, {
      repeat: 1,
      delayMs: 0,
      refreshMs: 0,
      refreshRepeat: 1,
    });
    assert.deepEqual(
      modelOf(
        `global_defs {\nvrrp_min_garp\nvrrp_garp_master_delay 3\n}\n${instance('garp_master_repeat 2')}`,
      )?.instances[0]?.announce,
      { repeat: 2, delayMs: 3000, refreshMs: 0, refreshRepeat: 1 },
    );
  });
  it('starts an owner with a state that there is none of as BACKUP', () => {
    const startAs = (body: string) => modelOf(instance(body))?.instances[0]?.startAs;
    assert.equal(startAs('priority 255'), 'MASTER');
    assert.equal(startAs('priority 255\nstate OWNER'), 'BACKUP');
  });
  it('takes 100 for a priority that is none, also with state MASTER', () => {
    assert.equal(modelOf(instance('state MASTER\npriority none'))?.instances[0]?.priority, 100);
    assert.equal(modelOf(instance('state MASTER'))?.instances[0]?.priority, 255);
  });
  it('notes it where adverts name more addresses than is usual', () => {
    const { problems } = readConfig('x', instance('virtual_ipaddress {\n~SEQ(n, 1, 20) 10.0.1.$n\n}'), ALONE);
    assert.deepEqual(
      problems.map(p => `${p.severity} ${p.at.line} ${p.message}`),
      ['note 8 adverts name 21 addresses; some routers have room for 20 only'],
    );
  });
  it('keeps an address that is there twice: adverts name it as often', () => {
    assert.equal(
      modelOf(instance('virtual_ipaddress {\n10.0.0.13/24\n}'))?.instances[0]?.addresses.length,
      2,
    );
  });
});

describe('vrrp: what instances mean together', () => {
  const cases: Cases = [
    ['two of them', instance() + second(), []],
    [
      'one virtual router id for two',
      instance() + second().replace('52', '51'),
      [
        'error 11:1 virtual_router_id 51 is there a second time on eth0; keepalived does not start | the first instance with it is in line 1',
      ],
    ],
    ['one for two on two interfaces', instance() + second().replace('52', '51').replace('eth0', 'eth1'), []],
    [
      'one address for two',
      instance() + second().replace('10.0.0.14', '10.0.0.13'),
      [
        'warning 13:1 10.0.0.13 moves with VI_1, too; whichever of the two becomes backup takes it from the other | write it into one of the two',
      ],
    ],
    [
      'one address for two on two interfaces',
      instance() + second().replace('10.0.0.14/24', '10.0.0.13/24 dev eth1'),
      [],
    ],
    [
      'a group of both',
      `${instance()}${second()}vrrp_sync_group G {\ngroup {\nVI_1\nVI_2\n}\n}`,
      ['error 17:17 vrrp_sync_group is not supported yet: each instance would have a role of its own'],
    ],
    [
      'a group of one',
      `${instance()}vrrp_sync_group G {\ngroup {\nVI_1\n}\n}`,
      [
        'warning 9:17 the group G has one instance only; it keeps nothing together | write the other instances into it, or take it out',
      ],
    ],
    [
      'a group of one that there is, and one that there is not',
      `${instance()}vrrp_sync_group G {\ngroup {\nVI_1\nVI_11\n}\n}`,
      [
        'warning 9:17 the group G has one instance only; it keeps nothing together | write the other instances into it, or take it out',
        'warning 12:1 there is no vrrp_instance VI_11; as in keepalived, it does not count in G | did you mean VI_1?',
      ],
    ],
    [
      'a group of nobody',
      `${instance()}vrrp_sync_group G {\n}`,
      ['warning 9:17 the group G has no instance; as in keepalived, it changes nothing | take it out'],
    ],
    [
      'two groups with one instance',
      `${instance()}vrrp_sync_group G {\ngroup {\nVI_1\n}\n}\nvrrp_sync_group H {\ngroup {\nVI_1\n}\n}`,
      [
        'warning 9:17 the group G has one instance only; it keeps nothing together | write the other instances into it, or take it out',
        'warning 14:17 the group H has no instance; as in keepalived, it changes nothing | take it out',
        'warning 16:1 VI_1 is in the group G already; as in keepalived, it does not count in H | take it out of one of the two',
      ],
    ],
    [
      'a group of static things with an instance that there is not',
      `${instance()}track_group T {\ngroup {\nVI_3\n}\n}`,
      [
        'warning 11:1 there is no vrrp_instance VI_3; as in keepalived, it does not count in T | did you mean VI_1?',
      ],
    ],
    [
      'a static address with a group that there is not',
      `${instance()}static_ipaddress {\n10.0.0.9 track_group T\n}`,
      [
        'error 9:1 static_ipaddress is not supported yet: nothing would add these addresses',
        'warning 10:22 there is no track_group T; as in keepalived, nobody fails with it',
      ],
    ],
  ];
  for (const [name, text, problems] of cases) {
    it(`says it: ${name}`, () => assert.deepEqual(said(text), problems));
  }

  it('names the groups, with the members that count', () => {
    const text = `${instance()}vrrp_sync_group G {\ngroup {\nVI_1\nVI_9\n}\n}`;
    assert.deepEqual(readConfig('x', text, ALONE).model?.syncGroups, [{ name: 'G', members: ['VI_1'] }]);
  });
});

describe('vrrp: what is watched', () => {
  const cases: Cases = [
    ['a script', SCRIPT + watching('web'), []],
    [
      'a script that there is not',
      SCRIPT.replace('web', 'nginx') + watching('ngnix'),
      [
        'warning 1:13 no instance watches vrrp_script nginx; keepalived does nothing with it | write track_script { nginx } into an instance, or take it out',
        'warning 11:1 there is no vrrp_script ngnix; as in keepalived, it is not watched | did you mean nginx?',
      ],
    ],
    [
      'a script that is defined further down',
      watching('web') + SCRIPT,
      [
        'warning 8:1 vrrp_script web is defined further down; keepalived does not find it there, and does not watch it | move it above this line',
      ],
    ],
    [
      'a script without a command',
      `vrrp_script web {\n}\n${watching('web')}`,
      [
        'warning 1:13 web has no script; as in keepalived, it does not count | write script',
        'warning 10:1 there is no vrrp_script web; as in keepalived, it is not watched | define it, or take it out',
      ],
    ],
    [
      'a file, a process and a session that there are not',
      instance('track_file {\na\n}\ntrack_process {\nb\n}\ntrack_bfd {\nc\n}'),
      [
        'warning 8:1 there is no track_file a; as in keepalived, it is not watched | define it, or take it out',
        'warning 11:1 there is no vrrp_track_process b; as in keepalived, it is not watched | define it, or take it out',
        'warning 14:1 there is no bfd_instance c; as in keepalived, it is not watched | define it, or take it out',
      ],
    ],
    [
      'its own interface',
      instance('track_interface {\neth0\n}'),
      [
        "warning 8:1 eth0 is the instance's own interface, which it watches anyway; keepalived ignores the line | leave it out",
      ],
    ],
    ['another interface', instance('track_interface {\neth1\n}'), []],
    [
      'a weight, with nopreempt',
      SCRIPT + instance('nopreempt\ntrack_script {\nweb weight -20\n}'),
      [
        'warning 10:1 nopreempt and a weight: when web fails, the priority falls and nobody takes over; only weight 0 gives the role away | leave nopreempt out, or write web without a weight',
      ],
    ],
    [
      "the script's own weight, of an owner",
      SCRIPT.replace('}', 'weight 5\n}') + instance('priority 255\ntrack_script {\nweb\n}'),
      [
        'warning 13:1 the priority of an owner (255) never changes; keepalived does not watch web for it | write a priority below 255',
      ],
    ],
    [
      'more processes at the least than at the most',
      `vrrp_track_process p {\nprocess nginx\nquorum 3\nquorum_max 2\n}\n${instance()}`,
      [
        'warning 1:20 no instance watches vrrp_track_process p; keepalived does nothing with it | write track_process { p } into an instance, or take it out',
        'warning 4:1 quorum_max 2 is less than quorum 3; as in keepalived, it does not count | write a greater one, or leave it out',
      ],
    ],
    [
      'something that a group watches',
      `${SCRIPT}${instance()}vrrp_sync_group G {\ngroup {\nVI_1\n}\ntrack_script {\nweb\n}\n}`,
      [
        'warning 12:17 the group G has one instance only; it keeps nothing together | write the other instances into it, or take it out',
      ],
    ],
  ];
  for (const [name, text, problems] of cases) {
    it(`says it: ${name}`, () => assert.deepEqual(said(text), problems));
  }
});
