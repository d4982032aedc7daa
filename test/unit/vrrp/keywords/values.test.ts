import assert from 'node:assert/strict';
import { readGlobals, readInstance, readTop } from '../reading.js';

/** Plain data without the places, which other tests look at. */
const plain = (value: unknown): unknown =>
  JSON.parse(
    JSON.stringify(value, (key, inner: unknown) => {
      if (key === 'at' || key === 'bytes' || key === 'unread') return undefined;
      if (typeof inner === 'object' && inner !== null && 'value' in inner && 'at' in inner) {
        return inner.value;
      }
      if (typeof inner === 'object' && inner !== null && 'text' in inner && 'at' in inner) return inner.text;
      return inner;
    }),
  );

describe('vrrp: what is read of an instance', () => {
  for (const [text, name, value] of [
    ['advert_int 0.25', 'advert_int', 250],
    ['preempt_delay 4.000001', 'preempt_delay', 4000.001],
    ['priority +7', 'priority', 7],
    ['garp_master_refresh 60', 'garp_master_refresh', 60_000],
    ['garp_extra_if all 100', 'garp_extra_if', { all: true, everyMs: 100_000 }],
    ['vmac_garp_intvl 7', 'garp_extra_if', { all: false, everyMs: 7000 }],
    ['nopreempt\npreempt', 'nopreempt', false],
    ['preempt\nnopreempt', 'nopreempt', true],
    ['accept', 'no_accept', false],
    ['no_accept', 'no_accept', true],
    ['use_vmac vrrp.51 00:00:5e:00:02:01', 'use_vmac', ['vrrp.51', '00:00:5e:00:02:01']],
    ['mcast_src_ip 10.0.0.1', 'mcast_src_ip', '10.0.0.1'],
    ['unicast_src_ip FD00:0::1', 'unicast_src_ip', 'fd00::1'],
    [
      'unicast_peer {\n10.0.0.2\n10.0.0.3/24 min_ttl 5 max_ttl 60\n}',
      'unicast_peer',
      [
        { address: '10.0.0.2', options: {} },
        { address: '10.0.0.3', options: { min_ttl: 5, max_ttl: 60 } },
      ],
    ],
    [
      'auth_hmac {\nkey 1 abc\nkey 2 hex:00ff\nactive_key 2\nmode permissive\n}',
      'auth_hmac',
      {
        key: [
          { id: 1, value: 'abc' },
          { id: 2, value: 'hex:00ff' },
        ],
        active_key: 2,
        mode: 'permissive',
      },
    ],
    [
      'virtual_ipaddress {\n10.0.0.13/24 dev eth1 label eth1:0 brd + scope link\n}\nvirtual_ipaddress {\n10.0.0.14\n}',
      'virtual_ipaddress',
      {
        lines: [
          {
            prefix: { address: '10.0.0.13', prefixLength: 24, family: 'ipv4' },
            options: { dev: 'eth1', label: 'eth1:0', brd: '+', scope: 'link' },
          },
          { prefix: { address: '10.0.0.14', prefixLength: 32, family: 'ipv4' }, options: {} },
        ],
      },
    ],
    [
      'virtual_ipaddress_excluded {\nfd00::13/64 -nodad preferred_lft forever no_track\n}',
      'virtual_ipaddress_excluded',
      {
        lines: [
          {
            prefix: { address: 'fd00::13', prefixLength: 64, family: 'ipv6' },
            options: { '-nodad': true, preferred_lft: 'forever', no_track: true },
          },
        ],
      },
    ],
    [
      'track_script {\nweb\ndb weight -20\nup weight 5 reverse\ndown weight 5 noreverse\n}',
      'track_script',
      [
        { name: 'web' },
        { name: 'db', weight: { value: -20, reverse: false } },
        { name: 'up', weight: { value: 5, reverse: true } },
        { name: 'down', weight: { value: 5, reverse: false } },
      ],
    ],
    [
      'track_interface {\neth1 weight 10\n}',
      'track_interface',
      [{ name: 'eth1', weight: { value: 10, reverse: false } }],
    ],
    [
      'notify_master "/bin/up a b" ops :adm',
      'notify_master',
      { command: '/bin/up a b', user: 'ops', group: ':adm' },
    ],
    ['notify_master ""', 'notify_master', undefined],
    ['notify /bin/a\nnotify /bin/b', 'notify', { command: '/bin/a' }],
    ['notify_deleted', 'notify_deleted', 'told'],
    ['notify_deleted /bin/gone', 'notify_deleted', { command: '/bin/gone' }],
  ] as const) {
    it(text.replaceAll('\n', ' ⏎ '), () => {
      const got = readInstance(text).value[name];
      assert.deepEqual(got === undefined ? undefined : plain(got), value);
    });
  }
});

describe('vrrp: what is read of routes and rules', () => {
  for (const [text, route] of [
    [
      'src 192.168.100.1 to 192.168.109.0/24 via 192.168.200.254 dev eth1',
      {
        type: 'unicast',
        to: { address: '192.168.109.0', prefixLength: 24, family: 'ipv4' },
        options: { src: '192.168.100.1', to: '192.168.109.0/24', via: '192.168.200.254', dev: 'eth1' },
      },
    ],
    ['default via inet 10.0.0.1', { type: 'unicast', to: 'default', options: { via: '10.0.0.1' } }],
    [
      'blackhole 10.1.0.0/16 metric 0x10',
      {
        type: 'blackhole',
        to: { address: '10.1.0.0', prefixLength: 16, family: 'ipv4' },
        options: { metric: 16 },
      },
    ],
    [
      '10.1.0.0/16 table 6909 mtu lock 1400 ssthresh 107 rto_min 108ms features ecn onlink no_track',
      {
        type: 'unicast',
        to: { address: '10.1.0.0', prefixLength: 16, family: 'ipv4' },
        options: {
          table: '6909',
          mtu: { value: '1400', lock: true },
          ssthresh: { value: '107', lock: false },
          rto_min: { value: '108ms', lock: false },
          features: 'ecn',
          onlink: true,
          no_track: true,
        },
      },
    ],
    [
      '10.1.0.0/16 nexthop via 10.0.0.1 dev eth0 onlink weight 1 nexthop via inet6 fd00::2 weight 2',
      {
        type: 'unicast',
        to: { address: '10.1.0.0', prefixLength: 16, family: 'ipv4' },
        options: {
          nexthop: [
            { via: '10.0.0.1', dev: 'eth0', onlink: true, weight: 1 },
            { via: 'fd00::2', weight: 2 },
          ],
        },
      },
    ],
    [
      '10.1.0.0/16 encap ip id 5 dst 10.0.0.7 dev eth0',
      {
        type: 'unicast',
        to: { address: '10.1.0.0', prefixLength: 16, family: 'ipv4' },
        options: { encap: ['ip', 'id', '5', 'dst', '10.0.0.7'], dev: 'eth0' },
      },
    ],
    [
      'dev eth0 10.1.0.0/16',
      {
        type: 'unicast',
        to: { address: '10.1.0.0', prefixLength: 16, family: 'ipv4' },
        options: { dev: 'eth0' },
      },
    ],
  ] as const) {
    it(`route ${text}`, () => {
      assert.deepEqual(plain(readInstance(`virtual_routes {\n${text}\n}`).value.virtual_routes), [route]);
      assert.deepEqual(plain(readTop(`static_routes {\n${text}\n}`).value.static_routes), [route]);
    });
  }

  for (const [text, rule] of [
    [
      'from 192.168.28.0/24 to all iif eth1 tos 0x10 fwmark 24/12 preference 39 goto 40',
      {
        from: { address: '192.168.28.0', prefixLength: 24, family: 'ipv4' },
        to: 'all',
        iif: 'eth1',
        tos: 16,
        fwmark: '24/12',
        preference: 39,
        goto: 40,
      },
    ],
    [
      'not from fd00::/64 lookup main ipproto udp sport 10-20 dport 53 uidrange 1-2 priority 7',
      {
        not: true,
        from: { address: 'fd00::', prefixLength: 64, family: 'ipv6' },
        lookup: 'main',
        ipproto: 'udp',
        sport: { least: 10, most: 20 },
        dport: { least: 53, most: 53 },
        uidrange: { least: 1, most: 2 },
        priority: 7,
      },
    ],
  ] as const) {
    it(`rule ${text}`, () => {
      assert.deepEqual(plain(readInstance(`virtual_rules {\n${text}\n}`).value.virtual_rules), [rule]);
    });
  }
});

describe('vrrp: what is read at the top level', () => {
  for (const [text, name, value] of [
    [
      'vrrp_script web {\nscript "/bin/check web"\ninterval 2\ntimeout 1.5\nweight -10 reverse\nrise 2\nfall 3\nuser nobody\ninit_fail\n}',
      'vrrp_script',
      [
        {
          name: 'web',
          values: {
            script: '/bin/check web',
            interval: 2000,
            timeout: 1500,
            weight: { value: -10, reverse: true },
            rise: 2,
            fall: 3,
            user: { user: 'nobody' },
            init_fail: true,
          },
        },
      ],
    ],
    [
      'vrrp_track_file load {\nfile "/run/my load"\nweight 254\ninit_file 5 overwrite\n}',
      'track_file',
      [
        {
          name: 'load',
          values: {
            file: '/run/my load',
            weight: { value: 254, reverse: false },
            init_file: { value: 5, overwrite: true },
          },
        },
      ],
    ],
    [
      'vrrp_track_process nginx {\nprocess nginx -g "daemon off"\nparam_match initial\nquorum 2\nquorum_max 9\ndelay 0.5\nfull_command\n}',
      'vrrp_track_process',
      [
        {
          name: 'nginx',
          values: {
            process: ['nginx', '-g', 'daemon off'],
            param_match: 'initial',
            quorum: 2,
            quorum_max: 9,
            delay: 500,
            full_command: true,
          },
        },
      ],
    ],
    [
      'vrrp_sync_group G {\ngroup {\nA\nB C\n}\nsmtp_alert\n}',
      'vrrp_sync_group',
      [{ name: 'G', values: { group: ['A', 'B', 'C'], smtp_alert: true } }],
    ],
    [
      'garp_group {\ngarp_interval 0.5\ninterfaces {\neth0\neth1\n}\n}\ngarp_group {\ngna_interval 1\ninterface eth2\n}',
      'garp_group',
      [
        { garp_interval: 500, interfaces: ['eth0', 'eth1'] },
        { gna_interval: 1000, interface: 'eth2' },
      ],
    ],
    [
      'linkbeat_interfaces {\neth0\neth1 ETHTOOL\n}',
      'linkbeat_interfaces',
      [{ device: 'eth0' }, { device: 'eth1', by: 'ETHTOOL' }],
    ],
    [
      'interface_up_down_delays {\neth0 1\neth1 0.5 2\n}',
      'interface_up_down_delays',
      [
        { device: 'eth0', downMs: 1000, upMs: 0 },
        { device: 'eth1', downMs: 500, upMs: 2000 },
      ],
    ],
    [
      'static_ipaddress {\n10.0.0.9/24 dev eth0 track_group G\n}',
      'static_ipaddress',
      {
        lines: [
          {
            prefix: { address: '10.0.0.9', prefixLength: 24, family: 'ipv4' },
            options: { dev: 'eth0', track_group: 'G' },
          },
        ],
      },
    ],
  ] as const) {
    it(text.replaceAll('\n', ' ⏎ '), () => assert.deepEqual(plain(readTop(text).value[name]), value));
  }
});

describe('vrrp: what is read of global_defs', () => {
  for (const [text, name, value] of [
    ['vrrp_garp_master_delay 3', 'vrrp_garp_master_delay', 3000],
    ['vrrp_garp_interval 0.001', 'vrrp_garp_interval', 1],
    ['vrrp_garp_master_repeat 0', 'vrrp_garp_master_repeat', 1],
    ['vrrp_mcast_group4 224.0.0.19', 'vrrp_mcast_group4', '224.0.0.19'],
    ['vrrp_iptables in out', 'vrrp_iptables', ['in', 'out']],
    ['vrrp_rx_bufs_policy mtu', 'vrrp_rx_bufs_policy', 'MTU'],
    ['vrrp_rx_bufs_policy 5000', 'vrrp_rx_bufs_policy', 5000],
    ['vrrp_cpu_affinity 0 2', 'vrrp_cpu_affinity', [0, 2]],
    ['vrrp_startup_delay 5.5', 'vrrp_startup_delay', 5500],
    ['notify_fifo /run/fifo root', 'notify_fifo', { command: '/run/fifo', user: 'root' }],
    ['dynamic_interfaces allow_if_changes', 'dynamic_interfaces', ['allow_if_changes']],
  ] as const) {
    it(text, () => assert.deepEqual(plain(readGlobals(text).value[name]), value));
  }
});
