import assert from 'node:assert/strict';
import { readGlobals, readInstance, readTop } from '../reading.js';

/** Each case: what it shows, the text, and what is said of it. */
type Cases = readonly (readonly [name: string, text: string, said: readonly string[]])[];

describe('vrrp: mistakes in an instance', () => {
  const cases: Cases = [
    [
      'a priority that is a placeholder',
      'priority X',
      [
        'warning 3:10 priority takes a whole number from 1 to 255, not "X"; as in keepalived, 100 counts then | "X" looks like the placeholder of a template; write the value in its place',
      ],
    ],
    [
      'an interface that is a placeholder',
      'interface <iface>',
      [
        'error 3:11 "<iface>" is the placeholder of a template, not an interface | write the name that ip link shows',
      ],
    ],
    [
      'an alias for an interface',
      'interface eth0:1',
      ['error 3:11 "eth0:1" is no interface | write eth0; an alias is written as a label behind its address'],
    ],
    [
      'an interface that no kernel has',
      'interface averyveryverylong',
      ['error 3:11 "averyveryverylong" is longer than the 15 bytes that an interface\'s name can have'],
    ],
    [
      'decimals that do not count',
      'preempt_delay 1.1234567',
      ['warning 3:15 six decimals count; 1.1234567 is rounded to 1.123457'],
    ],
    [
      'hexadecimal',
      'virtual_router_id 0x33',
      ['error 3:19 virtual_router_id takes a whole number from 1 to 255, not "0x33"'],
    ],
    [
      'a delay that is no whole number',
      'garp_master_delay 1.5',
      [
        'warning 3:19 garp_master_delay takes whole seconds from 0 to 4294, not "1.5"; as in keepalived, what global_defs says counts then',
      ],
    ],
    [
      'no gratuitous ARP at all',
      'garp_master_repeat 0',
      ['warning 3:20 garp_master_repeat 0 counts as 1, as in keepalived'],
    ],
    [
      'all without its seconds',
      'garp_extra_if all',
      ['warning 3:1 garp_extra_if without anything is ignored, as in keepalived'],
    ],
    ['an old name', 'vmac_garp_intvl 0', ['warning 3:1 this is an old name; write garp_extra_if']],
    [
      'the misspelling of the guide',
      'lvs_sync_daemon_inteface eth0',
      [
        'warning 3:1 lvs_sync_daemon_inteface is not a keyword of the block; it is ignored, with its block if it has one | did you mean lvs_sync_daemon_interface?',
      ],
    ],
    [
      'an address of a group that is none',
      'mcast_dst_ip 10.0.0.1',
      [
        'warning 3:14 mcast_dst_ip takes a multicast address of IPv4, not "10.0.0.1"; as in keepalived, what global_defs says counts then',
      ],
    ],
    ['the usual group', 'mcast_dst_ip 224.0.0.18', []],
    [
      'another group',
      'mcast_dst_ip 224.0.0.19',
      ['error 3:1 mcast_dst_ip 224.0.0.19 is not supported yet: adverts go to 224.0.0.18'],
    ],
    [
      'what is off anyway',
      'strict_mode off\nlower_prio_no_advert no\nversion 2\ndown_timer_adverts 3\nsmtp_alert off',
      [],
    ],
    [
      'strict mode',
      'strict_mode',
      [
        'error 3:1 strict_mode is not supported yet: passwords are used, and addresses answer; hardly anybody wants what keepalived makes of it',
      ],
    ],
    [
      'a bare keyword that is told to be off',
      'nopreempt no',
      [
        'warning 3:11 keepalived takes nopreempt for on, whatever follows it; here it is off | leave the line out',
      ],
    ],
    [
      'a peer that is no address, and an option that is none',
      'unicast_peer {\nlb04\n10.0.0.2 ttl 5\n}',
      [
        'error 4:1 "lb04" is no address; keepalived leaves this peer out | write one address on each line',
        'warning 5:10 "ttl" is no option of the peer 10.0.0.2; it is ignored',
        'warning 5:14 "5" is no option of the peer 10.0.0.2; it is ignored',
      ],
    ],
    [
      'a weight that is too great',
      'track_script {\nweb weight 300\n}',
      [
        'warning 4:12 weight takes a whole number from -253 to 253, not "300"; as in keepalived, its own weight, or 0, counts then',
      ],
    ],
    [
      'a weight without its keyword',
      'track_script {\nweb 10\n}',
      ['warning 4:5 "10" is no option of web; it is ignored'],
    ],
    [
      'something that is watched twice',
      'track_script {\nweb\nweb weight 5\n}',
      ['warning 5:1 web is there a second time; the first counts | the first is in line 4'],
    ],
    [
      'something behind what is all',
      'interface eth0 eth1\nmcast_src_ip 10.0.0.1 10.0.0.2\nuse_ipvlan a b c d',
      [
        'warning 3:16 interface takes one argument; "eth1" is ignored',
        'warning 4:23 mcast_src_ip takes one argument; "10.0.0.2" is ignored',
        'warning 5:18 use_ipvlan takes a name, an address, a mode or nothing; "d" is ignored',
        'error 5:1 use_ipvlan is not supported yet: everything would be on the interface itself',
      ],
    ],
    [
      'an address before its block',
      'virtual_ipaddress 10.0.0.13 {\n}',
      [
        'warning 3:19 "10.0.0.13" before the block of virtual_ipaddress is ignored | write it inside the block',
      ],
    ],
    [
      'an interface that cannot be watched',
      'track_interface {\neth0:1\n}',
      ['error 4:1 "eth0:1" is no interface | write eth0; an alias is written as a label behind its address'],
    ],
    [
      'something else than reverse behind a weight',
      'track_script {\nweb weight 5 reversed\n}',
      ['warning 4:14 "reversed" is no option of web; it is ignored'],
    ],
    [
      'something before a block',
      'track_interface eth1 {\neth2\n}',
      ['warning 3:17 "eth1" before the block of track_interface is ignored | write it inside the block'],
    ],
    [
      'a block that is none',
      'track_interface eth1',
      ['error 3:1 track_interface takes a block of interfaces | write { after it'],
    ],
    [
      'a script with arguments outside of quotes',
      'notify_backup /bin/sh /etc/down.sh',
      [
        'warning 3:23 keepalived takes what follows the program for a user and a group, finds none of that name, and does not run it | put the program and its arguments in quotes, as one',
      ],
    ],
    [
      'a script that wants a shell',
      'notify_master "/bin/up && echo $STATE > /tmp/state"',
      [
        'warning 3:15 no shell reads this command: "&&" is handed to the program as it stands, in keepalived, too | write a script of its own and name that, or sh -c \'…\'',
      ],
    ],
    ['a script that has its shell', 'notify "/bin/sh -c \'a && b\'"', []],
    [
      'two scripts for one thing',
      'notify_stop /bin/a\nnotify_stop /bin/b',
      ['warning 4:1 notify_stop is there a second time; as in keepalived, the first counts'],
    ],
  ];
  for (const [name, text, said] of cases) {
    it(`says it: ${name}`, () => assert.deepEqual(readInstance(text).said, said));
  }

  it('never shows a key of auth_hmac', () => {
    const { said } = readInstance('auth_hmac {\nkey x hush\nkey 300 hush\nkey hush\n}');
    assert.ok(said.length > 3);
    assert.doesNotMatch(said.join('\n').replace(/x hush/g, ''), /hush/);
  });
});

describe('vrrp: mistakes in the lines of addresses, routes and rules', () => {
  const addresses: Cases = [
    [
      'one that is none',
      '10.0.0.256',
      ['error 4:1 "10.0.0.256" is no address; keepalived leaves the line out | write it as 10.0.0.13/24'],
    ],
    [
      'one with a slip before its length',
      '192.168.100./24',
      [
        'error 4:1 "192.168.100./24" is no address; keepalived leaves the line out | write it as 10.0.0.13/24',
      ],
    ],
    [
      'a netmask',
      '10.0.0.13/255.255.252.0',
      [
        'warning 4:1 "255.255.252.0" is no length of a network; as in keepalived, 10.0.0.13/32 counts then | write the length of its network as a number, as in 10.0.0.13/22',
      ],
    ],
    [
      'a netmask behind it',
      '10.0.0.13 netmask 255.255.255.0',
      [
        'warning 4:11 "netmask" is no option of an address; it is ignored, as in keepalived | write the length of the network behind the address, as in 10.0.0.13/24',
        'warning 4:19 "255.255.255.0" is no option of an address; it is ignored, as in keepalived | write the length of the network behind the address, as in 10.0.0.13/24',
      ],
    ],
    [
      'a length that is too great',
      '10.0.0.13/33',
      [
        'warning 4:1 "33" is no length of a network; as in keepalived, 10.0.0.13/32 counts then | write the length of its network as a number, as in 10.0.0.13/24',
      ],
    ],
    [
      'a length that is left out behind its slash',
      '10.0.0.13/',
      [
        'error 4:1 "10.0.0.13/" has no length; keepalived makes it 10.0.0.13/0 | write the length of its network as a number, as in 10.0.0.13/24',
      ],
    ],
    [
      'a scope of IPv6 behind it',
      'fe80::1%eth0',
      [
        'error 4:1 "fe80::1%eth0" is no address; keepalived leaves the line out | write the address alone, and its interface behind dev',
      ],
    ],
    [
      'two on one line',
      '10.0.0.13/24 10.0.0.14/24',
      [
        'warning 4:14 "10.0.0.14/24" is no option of an address; it is ignored, as in keepalived | write each address on a line of its own',
      ],
    ],
    [
      'an interface without dev',
      '10.0.0.13/24 eth1',
      ['warning 4:14 "eth1" is no option of an address; it is ignored, as in keepalived | write dev eth1'],
    ],
    [
      'an option with a slip',
      '10.0.0.13/24 scop link',
      [
        'warning 4:14 "scop" is no option of an address; it is ignored, as in keepalived | did you mean scope?',
        'warning 4:19 "link" is no option of an address; it is ignored, as in keepalived',
      ],
    ],
    ['dev at the end', '10.0.0.13/24 dev', ['error 4:14 dev takes the name of an interface']],
    ['scope global, which is so anyway', '10.0.0.13/24 scope global', []],
    [
      'another scope',
      '10.0.0.13/24 scope host',
      ['warning 4:14 scope host is not supported: the address is added with scope global'],
    ],
    [
      'a peer',
      '10.0.0.13 peer 10.0.0.14',
      [
        'error 4:11 peer is not supported yet: the address would be added without a peer, and nothing would lead there',
      ],
    ],
  ];
  for (const [name, line, said] of addresses) {
    it(`of an address: ${name}`, () =>
      assert.deepEqual(readInstance(`virtual_ipaddress {\n${line}\n}`).said, said));
  }

  const routes: Cases = [
    [
      'an option that is none',
      '10.1.0.0/16 via 10.0.0.1 proto static',
      [
        'error 4:26 "proto" is no option of a route; keepalived leaves the route out',
        'error 4:32 "static" is no option of a route; keepalived leaves the route out',
      ],
    ],
    [
      'no place that it leads to',
      'via 10.0.0.1',
      ['error 4:1 the route leads nowhere; keepalived leaves it out | write where to, as in 192.168.1.0/24'],
    ],
    [
      'an address that is none',
      '10.1.0.0/16 via gateway',
      ['error 4:17 via takes an address, not "gateway"'],
    ],
    [
      'values of the wrong kind',
      '10.1.0.0/16 mtu lock big advmss encap gre 5',
      [
        'error 4:39 "gre" is no option of a route; keepalived leaves the route out',
        'error 4:43 "5" is no option of a route; keepalived leaves the route out',
        'error 4:22 mtu takes a number, not "big"',
        'error 4:33 advmss takes a number, not "encap"',
      ],
    ],
    [
      'a tunnel that there is none of',
      '10.1.0.0/16 encap gre 5',
      ['error 4:19 encap takes mpls, ip, ip6 or ila with what belongs to it'],
    ],
    [
      'words that are old',
      '10.1.0.0/16 gw 10.0.0.1 or 10.0.0.2',
      [
        'warning 4:13 this is an old name; write via',
        'warning 4:25 this is old; write nexthop via … nexthop via …',
      ],
    ],
    [
      'something that no way of a route has',
      '10.1.0.0/16 nexthop via 10.0.0.5 mtu 1400',
      [
        'warning 4:34 "mtu" is no option of a way of a route; it is ignored',
        'warning 4:38 "1400" is no option of a way of a route; it is ignored',
      ],
    ],
  ];
  for (const [name, line, said] of routes) {
    it(`of a route: ${name}`, () =>
      assert.deepEqual(
        readInstance(`virtual_routes {\n${line}\n}`).said.filter(s => !s.includes('virtual_routes')),
        said,
      ));
  }

  const rules: Cases = [
    [
      'nothing that it does',
      'from 10.1.0.0/16',
      ['error 4:1 the rule does nothing; keepalived leaves it out | write which table it looks into'],
    ],
    [
      'no preference',
      'from 10.1.0.0/16 table 5',
      [
        'warning 4:1 the rule has no preference; keepalived gives it one of its own, by the order of the file | write preference with a number below 32766',
      ],
    ],
    [
      'an address without its word',
      '10.1.0.0/16 table 5',
      [
        'error 4:1 "10.1.0.0/16" is no option of a rule; keepalived leaves the rule out | write from 10.1.0.0/16, or to 10.1.0.0/16',
      ],
    ],
    [
      'the slip of the sample',
      'from 192.168.100./24 table 1 preference 5',
      [
        'error 4:6 "192.168.100./24" is no address; keepalived leaves the rule out | write it as 10.0.0.13/24',
      ],
    ],
    [
      'an address left out',
      'table 1 preference 5 from',
      ['error 4:22 from takes an address with its length, or all'],
    ],
    [
      'a range that is none',
      'from all sport 20-10 table 1 preference 5',
      ['error 4:16 sport takes two numbers to 65535 with - between them, not "20-10"'],
    ],
  ];
  for (const [name, line, said] of rules) {
    it(`of a rule: ${name}`, () =>
      assert.deepEqual(
        readInstance(`virtual_rules {\n${line}\n}`).said.filter(s => !s.includes('virtual_rules')),
        said,
      ));
  }
});

describe('vrrp: mistakes at the top level and in global_defs', () => {
  const top: Cases = [
    [
      'a command without its quotes',
      'vrrp_script a {\nscript /bin/check web\n}',
      [
        'warning 2:19 keepalived starts /bin/check without what follows it | put the program and its arguments in quotes, as one',
      ],
    ],
    [
      'an interval of 0',
      'vrrp_script a {\ninterval 0\n}',
      [
        'warning 2:10 interval takes seconds from 0.001 to 4294.967295, not "0"; as in keepalived, 1 counts then',
      ],
    ],
    [
      'a name that is there twice',
      'vrrp_script a {\n}\nvrrp_script a {\n}',
      [
        'warning 3:13 vrrp_script a is there a second time; as in keepalived, the first counts | the first is in line 1',
      ],
    ],
    [
      'a name of two words',
      'vrrp_sync_group the pair {\n}',
      ['warning 1:21 a name is one word; "pair" is ignored | put several words in quotes'],
    ],
    ['no name', 'vrrp_sync_group {\n}', ['error 1:1 vrrp_sync_group takes a name and a block']],
    [
      'what a file does not begin with',
      'track_file a {\ninit_file five\n}',
      ['warning 2:11 init_file takes a whole number or overwrite, not "five"; it is ignored'],
    ],
    [
      'a way to ask for a link that there is none of',
      'linkbeat_interfaces {\neth0 FOO\n}',
      [
        'warning 2:6 "FOO" is ignored | write MII, ETHTOOL, IOCTL',
        "warning 1:1 linkbeat_interfaces is not supported: the kernel's news of a link counts",
      ],
    ],
    [
      'interfaces that are none, and more than there is to say',
      'linkbeat_interfaces {\neth0:1\n}\ninterface_up_down_delays {\neth0/1 0\neth0 0 0 0\n}',
      [
        'error 2:1 "eth0:1" is no interface | write eth0; an alias is written as a label behind its address',
        'error 5:1 "eth0/1" is no interface',
        'warning 6:10 "0" is ignored',
      ],
    ],
    [
      'something before a list of names, and a process without a name',
      'vrrp_sync_group G {\ngroup A {\n}\n}\nvrrp_track_process p {\nprocess\nweight 5 up\n}',
      [
        'warning 2:7 "A" before the block of group is ignored | write it inside the block',
        'error 6:1 process takes the name of a program, and perhaps its arguments',
        'warning 7:10 weight knows nothing but reverse behind its number; "up" is ignored',
      ],
    ],
    [
      'a delay that is too long',
      'interface_up_down_delays {\neth0 256\n}',
      ['warning 2:6 a delay is seconds to 255, not "256"; it is ignored'],
    ],
    [
      'an empty block of what is always there',
      'static_routes {\n}\nstatic_rules {\n}\nstatic_ipaddress {\n}',
      [],
    ],
    [
      'a route that is always there',
      'static_routes {\n10.1.0.0/16 via 10.0.0.1\n}',
      ['error 1:1 static_routes is not supported yet: nothing would add these routes'],
    ],
  ];
  for (const [name, text, said] of top) {
    it(`says it: ${name}`, () => assert.deepEqual(readTop(text).said, said));
  }

  const globals: Cases = [
    [
      'the interval of the stock sample',
      'vrrp_garp_interval 0',
      [
        'warning 1:20 keepalived finds vrrp_garp_interval 0 out of range and goes on with its default, which is 0 | leave the line out',
      ],
    ],
    [
      'an interval that is really one',
      'vrrp_garp_interval 0.1',
      ['warning 1:1 vrrp_garp_interval 0.1 is not supported: the gratuitous ARPs of a block go out at once'],
    ],
    [
      'what is so anyway',
      'vrrp_version 2\nvrrp_mcast_group4 224.0.0.18\nvrrp_strict off\nvrrp_down_timer_adverts 3',
      [],
    ],
    [
      'VRRPv3',
      'vrrp_version 3',
      ['error 1:1 vrrp_version 3 is not supported yet: adverts are those of VRRPv2'],
    ],
    [
      'a version that there is none of',
      'vrrp_version 4',
      ['warning 1:14 vrrp_version takes one of 2, 3, not "4"; as in keepalived, 2 counts then'],
    ],
    [
      'a processor that is none',
      'vrrp_cpu_affinity 0 all',
      [
        'warning 1:21 vrrp_cpu_affinity takes numbers of processors, not "all"; it is ignored, as in keepalived',
      ],
    ],
    [
      'what keepalived lets stand empty',
      'vrrp_priority',
      ['warning 1:1 vrrp_priority without anything is ignored, as in keepalived'],
    ],
    [
      'a FIFO',
      'notify_fifo /run/fifo',
      [
        'error 1:1 notify_fifo is not supported yet: no FIFO is written, and whoever reads one waits for ever',
      ],
    ],
  ];
  for (const [name, text, said] of globals) {
    it(`says it: ${name}`, () => assert.deepEqual(readGlobals(text).said, said));
  }
});
