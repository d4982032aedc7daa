import assert from 'node:assert/strict';
import { TOP } from '../../../src/config/keywords.js';
import type { Keywords } from '../../../src/lib/keyword.js';

const words = (text: string): string[] => text.split(/\s+/).filter(word => word !== '');

const TIMES = words('connect_timeout retry delay_before_retry warmup delay_loop');
const PACKETS = [
  ...TIMES,
  ...words('connect_ip connect_port bindto bind_if bind_port fwmark alpha log_all_failures'),
];

/** What keepalived knows in each block, but for VRRP's: from its manual page and the names in the program. */
const KNOWN: Readonly<Record<string, readonly string[]>> = {
  '': words(
    `global_defs bfd_instance virtual_server virtual_server_group SSL linkbeat_use_polling net_namespace
     net_namespace_ipvs namespace_with_ipsets instance use_pid_dir child_wait_time`,
  ),
  global_defs: words(
    `router_id notification_email notification_email_from smtp_server smtp_helo_name smtp_connect_timeout
     smtp_alert smtp_alert_vrrp smtp_alert_checker no_email_faults no_checker_emails checker_log_all_failures
     startup_script startup_script_timeout shutdown_script shutdown_script_timeout script_user
     enable_script_security set_supplementary_groups use_symlink_paths process_names process_name
     checker_process_name lvs_process_name bfd_process_name umask tmp_config_directory config_save_dir random_seed
     reload_check_config reload_time_file reload_repeat reload_file include_check data_use_instance state_dump_file
     stats_dump_file json_dump_file json_version iproute_usr_dir iproute_etc_dir max_auto_priority
     min_auto_priority_delay checker_priority bfd_priority checker_no_swap bfd_no_swap checker_rt_priority
     bfd_rt_priority checker_cpu_affinity bfd_cpu_affinity checker_rlimit_rttime bfd_rlimit_rttime
     checker_rlimit_rtime bfd_rlimit_rtime lvs_netlink_cmd_rcv_bufs lvs_netlink_cmd_rcv_bufs_force
     lvs_netlink_monitor_rcv_bufs lvs_netlink_monitor_rcv_bufs_force process_monitor_rcv_bufs
     process_monitor_rcv_bufs_force lvs_sync_daemon lvs_timeouts lvs_flush lvs_flush_on_stop lvs_flush_onstop
     lvs_notify_fifo lvs_notify_fifo_script rs_init_notifies nftables_ipvs nftables_ipvs_priority
     nftables_ipvs_start_fwmark snmp_socket enable_traps enable_snmp_vrrp enable_snmp_keepalived
     enable_snmp_checker enable_snmp_rfc enable_snmp_rfcv2 enable_snmp_rfcv3 snmp_vs_stats_update_interval
     snmp_rs_stats_update_interval enable_dbus dbus_service_name dbus_no_interface_name`,
  ),
  SSL: words('password ca certificate key'),
  bfd_instance: words(
    `neighbor_ip neighbour_ip source_ip min_rx min_tx idle_tx multiplier passive ttl hoplimit max_hops multihop
     weight vrrp checker`,
  ),
  virtual_server: [
    ...TIMES,
    ...words(
      `lvs_sched lb_algo lvs_method lb_kind protocol persistence_timeout persistence_granularity
       persistence_engine flag-1 flag-2 flag-3 sh-port sh-fallback mh-port mh-fallback ops hashed ip_family alpha
       omega quorum hysteresis quorum_up quorum_down ha_suspend smtp_alert virtualhost snmp_name sorry_server
       sorry_server_inhibit sorry_server_lvs_method inhibit_on_failure weight real_server`,
    ),
  ],
  'virtual_server real_server': [
    ...TIMES,
    ...words(
      `weight lvs_method notify_up notify_down uthreshold lthreshold smtp_alert virtualhost snmp_name alpha
       inhibit_on_failure TCP_CHECK HTTP_GET SSL_GET SMTP_CHECK DNS_CHECK MISC_CHECK BFD_CHECK PING_CHECK UDP_CHECK
       FILE_CHECK`,
    ),
  ],
  'virtual_server real_server TCP_CHECK': PACKETS,
  'virtual_server real_server HTTP_GET': [
    ...PACKETS,
    ...words('nb_get_retry http_protocol fast_recovery virtualhost url'),
  ],
  'virtual_server real_server HTTP_GET url': words(
    `path digest status_code virtualhost regex regex_no_match regex_options regex_stack regex_min_offset
     regex_max_offset`,
  ),
  'virtual_server real_server SSL_GET': [
    ...PACKETS,
    ...words('nb_get_retry http_protocol fast_recovery virtualhost url enable_sni sni_name tls_compliant'),
  ],
  'virtual_server real_server SSL_GET url': words('path digest status_code virtualhost regex'),
  'virtual_server real_server SMTP_CHECK': [...PACKETS, 'helo_name', 'host'],
  'virtual_server real_server SMTP_CHECK host': PACKETS,
  'virtual_server real_server DNS_CHECK': [...PACKETS, 'type', 'name'],
  'virtual_server real_server MISC_CHECK': words(
    `misc_path misc_timeout misc_dynamic user alpha retry delay_before_retry warmup delay_loop log_all_failures`,
  ),
  'virtual_server real_server BFD_CHECK': ['name', 'alpha'],
  'virtual_server real_server PING_CHECK': PACKETS,
  'virtual_server real_server UDP_CHECK': [
    ...PACKETS,
    ...words('payload require_reply min_reply_length max_reply_length'),
  ],
  'virtual_server real_server FILE_CHECK': ['track_file', 'weight'],
};

const blockAt = (path: string): Keywords =>
  words(path).reduce<Keywords>((table, name) => table[name]?.within ?? {}, TOP);

describe('every keyword of keepalived is known', () => {
  for (const [path, names] of Object.entries(KNOWN)) {
    it(path === '' ? 'at the top level' : `in ${path}`, () => {
      const table = blockAt(path);
      assert.deepEqual(
        names.filter(name => !Object.hasOwn(table, name)),
        [],
      );
    });
  }
});
