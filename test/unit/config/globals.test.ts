import assert from 'node:assert/strict';
import { readConfig } from '../../../src/config/read.js';

const INSTANCE =
  '\nvrrp_instance VI_1 {\ninterface eth0\nvirtual_router_id 51\nvirtual_ipaddress { 10.0.0.13/24 }\n}';

const globals = (body: string): string => `global_defs {\n${body}\n}${INSTANCE}`;

/** All that is said of a text, notes with it, as `severity line:column message`. */
const said = (text: string): string[] =>
  readConfig('ha.conf', text).problems.map(p => `${p.severity} ${p.at.line}:${p.at.column} ${p.message}`);

describe('global_defs: mail, scripts, processes, SNMP', () => {
  for (const [name, body, sentences] of [
    [
      'a whole block of mail, with one warning',
      'notification_email {\nops@example.org noc@example.org\n"On call <oncall@example.org>"\n}\nnotification_email_from lb@example.org\nsmtp_server 10.0.0.25 25\nsmtp_connect_timeout 30',
      [
        'warning 2:1 notification_email is not supported: no mail is sent',
        'note 6:1 notification_email_from changes nothing: no mail is sent, as is said at notification_email',
        'note 7:1 smtp_server changes nothing: no mail is sent, as is said at notification_email',
        'note 8:1 smtp_connect_timeout changes nothing: no mail is sent, as is said at notification_email',
      ],
    ],
    [
      'a name for the router, and none',
      'router_id LVS_1\nrouter_id',
      ['warning 3:1 router_id without anything is ignored, as in keepalived'],
    ],
    [
      'the name that router_id had once',
      'lvs_id LVS_1',
      ['warning 2:1 keepalived knows lvs_id no longer and ignores it; here it works as router_id'],
    ],
    [
      'who runs scripts',
      'script_user keepalived_script\nscript_user\nenable_script_security',
      ['warning 3:1 script_user without anything is ignored, as in keepalived'],
    ],
    [
      'a script that prepares the machine',
      'startup_script "/etc/lb/start.sh all"\nstartup_script_timeout 0',
      [
        'error 2:1 startup_script is not supported yet: what it prepares is not there',
        'warning 3:24 startup_script_timeout takes a whole number from 1 to 1000, not "0"; as in keepalived, 10 counts then',
      ],
    ],
    [
      'old names of processes',
      'lvs_process_name checker',
      ['warning 2:1 this is an old name; write checker_process_name'],
    ],
    [
      'priorities',
      'checker_priority -20\nchecker_priority 0\nchecker_rt_priority 100\nchecker_cpu_affinity 0-3\nbfd_no_swap',
      [
        'warning 2:1 checker_priority -20 is not supported: the checker process runs as the agent was started; systemd can set it',
        'warning 4:21 checker_rt_priority takes a whole number from 1 to 99, not "100"; as in keepalived, the nearest that there is counts then',
        'warning 5:22 checker_cpu_affinity takes numbers of processors, not "0-3"; it is ignored, as in keepalived',
        'note 6:1 bfd_no_swap changes nothing: there is no BFD process',
      ],
    ],
    [
      'permissions',
      'umask 0177\numask IRWXG|IRWXO\numask 0999',
      [
        'note 2:1 umask changes nothing: what lies in the state directory is for root alone, or holds no secret',
        'note 3:1 umask changes nothing: what lies in the state directory is for root alone, or holds no secret',
        'warning 4:7 umask takes an octal number, not "0999"; it is ignored, as in keepalived',
      ],
    ],
    [
      'a reload that is checked first, as each is',
      'reload_check_config\nreload_check_config /var/log/reload',
      [2, 3].map(
        line =>
          `note ${line}:1 reload_check_config changes nothing: every file is checked first, and one with an error changes nothing`,
      ),
    ],
    [
      'SNMP and D-Bus',
      'enable_snmp_keepalived\nenable_dbus\nsnmp_socket',
      [
        'warning 2:1 this is an old name; write enable_snmp_vrrp',
        'warning 2:1 enable_snmp_keepalived is not supported: there is no SNMP; the state is read from the control socket',
        'warning 3:1 enable_dbus is not supported: there is no D-Bus; the state is read from the control socket',
        'warning 4:1 snmp_socket without anything is ignored, as in keepalived',
      ],
    ],
  ] as const) {
    it(name, () => assert.deepEqual(said(globals(body)), sentences));
  }
});

describe('global_defs: IPVS', () => {
  for (const [name, body, sentences] of [
    [
      'a sync daemon that follows an instance',
      'lvs_sync_daemon eth0 VI_1 id 51 maxlen 1400 port 8848 ttl 1 group 224.0.0.81',
      ['error 2:1 lvs_sync_daemon is not supported yet: connections would not outlive a failover'],
    ],
    [
      'a sync daemon that follows nobody we know',
      'lvs_sync_daemon eth0 inst VI_2 id 256 what',
      [
        'error 2:1 lvs_sync_daemon is not supported yet: connections would not outlive a failover',
        'warning 2:27 there is no vrrp_instance VI_2; keepalived starts no sync daemon then',
        'warning 2:35 id cannot be "256"; it is left out, as in keepalived',
        'warning 2:39 "what" is none of id, maxlen, port, ttl, group; it is left out, as in keepalived',
      ],
    ],
    [
      'two sync daemons',
      'lvs_sync_daemon eth0\nlvs_sync_daemon eth1',
      [
        'error 2:1 lvs_sync_daemon is not supported yet: connections would not outlive a failover',
        'warning 3:1 lvs_sync_daemon is there a second time; the first counts, as in keepalived',
        'error 3:1 lvs_sync_daemon is not supported yet: connections would not outlive a failover',
      ],
    ],
    [
      'timeouts',
      'lvs_timeouts tcp 7200 tcpfin x\nlvs_timeouts\nlvs_timeouts 900',
      [
        "warning 2:1 lvs_timeouts is not supported: the kernel's timeouts stay as they are; ipvsadm --set tcp tcpfin udp changes them",
        'warning 2:30 tcpfin cannot be "x"; it is left out, as in keepalived',
        'warning 3:1 lvs_timeouts without anything is ignored, as in keepalived',
        "warning 4:1 lvs_timeouts is not supported: the kernel's timeouts stay as they are; ipvsadm --set tcp tcpfin udp changes them",
        'warning 4:14 "900" is none of tcp, tcpfin, udp; it is left out, as in keepalived',
      ],
    ],
    [
      'an empty table',
      'lvs_flush\nlvs_flush_on_stop VS\nlvs_flush_onstop\nlvs_flush_on_stop all',
      [
        'warning 2:1 lvs_flush is not supported: the services of this file are made right at the start; those of others stay',
        'note 3:1 lvs_flush_on_stop changes nothing: the services of this file are taken out at a stop anyway; those of others stay',
        'warning 4:1 lvs_flush_onstop and lvs_flush_on_stop in line 3 are two names of the same; the later counts',
        'warning 4:1 this is an old name; write lvs_flush_on_stop',
        'warning 5:1 lvs_flush_on_stop and lvs_flush_onstop in line 4 are two names of the same; the later counts',
        'warning 5:19 lvs_flush_on_stop takes nothing, or VS; the line is ignored, as in keepalived',
      ],
    ],
    [
      'a FIFO that somebody reads',
      'lvs_notify_fifo /run/lvs root',
      [
        'error 2:1 lvs_notify_fifo is not supported yet: no FIFO is written, and whoever reads it waits for ever',
      ],
    ],
    [
      'marks of nftables',
      'nftables_ipvs\nnftables_ipvs_start_fwmark 0',
      [
        'note 2:1 nftables_ipvs changes nothing: each address of a group is a service of its own',
        'warning 3:28 nftables_ipvs_start_fwmark takes a whole number from 1 to 4294967295, not "0"; as in keepalived, 1000 counts then',
      ],
    ],
  ] as const) {
    it(name, () => assert.deepEqual(said(globals(body)), sentences));
  }
});

describe('the top level: what is about the agent', () => {
  for (const [name, text, sentences] of [
    [
      'another network namespace',
      'net_namespace lb',
      [
        'error 1:1 net_namespace is not supported yet: the agent stays in the namespace it is started in; ip netns exec chooses one',
      ],
    ],
    [
      'names of pid files',
      'instance lb\nuse_pid_dir\nchild_wait_time -1',
      [
        'note 1:1 instance changes nothing: there are no pid files; --socket and --state-dir keep several agents apart',
        'note 2:1 use_pid_dir changes nothing: there are no pid files',
        'warning 3:17 child_wait_time takes a whole number from 0 to 4294967295, not "-1"; as in keepalived, 5 counts then',
      ],
    ],
    [
      'certificates',
      'SSL {\npassword hush\nca /etc/ca.pem\ncertificate /etc/lb.pem\nkey /etc/lb.key\n}',
      ['error 1:1 SSL is not supported yet: SSL_GET shows no certificate to the servers'],
    ],
    [
      'links that are polled',
      'linkbeat_use_polling',
      ["warning 1:1 linkbeat_use_polling is not supported: the kernel's news of a link counts"],
    ],
  ] as const) {
    it(name, () => assert.deepEqual(said(text + INSTANCE), sentences));
  }
});

describe('bfd_instance', () => {
  const REFUSED = 'is not supported yet: there is no session, and the neighbour sees this router as down';
  for (const [name, text, sentences] of [
    [
      'all that it knows',
      'bfd_instance A {\nneighbour_ip 10.0.0.2\nsource_ip 10.0.0.1\nmin_rx 10\nmin_tx 0.5\nidle_tx 10\nmultiplier 0\npassive\nttl 256\nhoplimit 64\nmax_hops -1\nmultihop\nweight 254\nweight -5 reverse\nvrrp\nchecker\n}',
      [
        '5:8 min_tx takes milliseconds from 1 to 4294967, not "0.5"; as in keepalived, 10 counts then',
        '6:9 idle_tx takes milliseconds from 1000 to 4294967, not "10"; as in keepalived, 1000 counts then',
        '7:12 multiplier takes a whole number from 1 to 255, not "0"; as in keepalived, 5 counts then',
        '9:5 ttl takes a whole number from 1 to 255, not "256"; as in keepalived, 255 counts then',
        '13:8 weight takes a whole number from -253 to 253, not "254"; as in keepalived, 0 counts then',
      ],
    ],
    [
      'no neighbour',
      'bfd_instance A {\n}',
      ['1:14 bfd_instance A has no neighbor_ip; keepalived leaves it out'],
    ],
    [
      'a long name',
      'bfd_instance abcdefghijklmnopqrstuvwxyz012345 {\nneighbor_ip 10.0.0.2\n}',
      [
        '1:14 bfd_instance abcdefghijklmnopqrstuvwxyz012345 has a name of more than 31 characters; keepalived leaves it out',
      ],
    ],
    [
      'two families',
      'bfd_instance A {\nneighbor_ip 10.0.0.2\nsource_ip fd00::1\n}',
      ['1:14 bfd_instance A has a source_ip of another family than its neighbour; keepalived leaves it out'],
    ],
    [
      'twins',
      'bfd_instance A {\nneighbor_ip 10.0.0.2\n}\nbfd_instance A {\nneighbor_ip 10.0.0.3\n}\nbfd_instance B {\nneighbor_ip 10.0.0.2\n}',
      [
        '4:14 bfd_instance A is there a second time, the first is in line 1; keepalived leaves it out',
        '7:14 bfd_instance B has the same neighbour as bfd_instance A; keepalived leaves it out',
      ],
    ],
    ['no name', 'bfd_instance {\nneighbor_ip 10.0.0.2\n}', ['1:1 bfd_instance takes a name and a block']],
  ] as const) {
    it(`is refused, and read: ${name}`, () => {
      const sentences_ = said(text + INSTANCE);
      assert.ok(sentences_.some(s => s.endsWith(REFUSED)));
      assert.deepEqual(
        sentences_.filter(s => !s.endsWith(REFUSED)).map(s => s.replace(/^\w+ /, '')),
        sentences,
      );
    });
  }
});
