import assert from 'node:assert/strict';
import { TOP } from '../../../../src/config/keywords.js';
import type { Keyword, Keywords } from '../../../../src/lib/keyword.js';

/** Every word of keepalived 1.0 to 2.4 that is about VRRP, by the block that it stands in. */
const WORDS: Readonly<Record<string, string>> = {
  '': `linkbeat_use_polling linkbeat_interfaces interface_up_down_delays track_group static_ipaddress static_routes
    static_rules track_file vrrp_track_file vrrp_track_process vrrp_script vrrp_sync_group garp_group vrrp_instance
    global_defs`,
  global_defs: `vrrp_version vrrp_mcast_group4 vrrp_mcast_group6 vrrp_garp_master_delay vrrp_garp_master_repeat
    vrrp_garp_lower_prio_delay vrrp_garp_lower_prio_repeat vrrp_garp_master_refresh vrrp_garp_master_refresh_repeat
    vrrp_garp_interval vrrp_gna_interval vrrp_min_garp vrrp_garp_extra_if vrrp_vmac_garp_intvl
    vrrp_down_timer_adverts vrrp_lower_prio_no_advert vrrp_higher_prio_send_advert vrrp_owner_ignore_adverts
    v3_checksum_as_v2 vrrp_check_unicast_src vrrp_skip_check_adv_addr vrrp_strict vrrp_notify_priority_changes
    vrrp_startup_delay vrrp_delay_after_boot log_unknown_vrids vmac_prefix vmac_addr_prefix disable_local_igmp
    vrrp_iptables vrrp_ipsets nftables nftables_priority nftables_counters nftables_ifindex notify_fifo
    notify_fifo_script vrrp_notify_fifo vrrp_notify_fifo_script fifo_write_vrrp_states_on_reload default_interface
    dynamic_interfaces vrrp_priority vrrp_no_swap vrrp_rt_priority vrrp_cpu_affinity vrrp_rlimit_rttime
    vrrp_rlimit_rtime vrrp_netlink_cmd_rcv_bufs vrrp_netlink_cmd_rcv_bufs_force vrrp_netlink_monitor_rcv_bufs
    vrrp_netlink_monitor_rcv_bufs_force vrrp_rx_bufs_policy vrrp_rx_bufs_multiplier vrrp_process_name`,
  track_group: 'group',
  track_file: 'file weight init_file',
  vrrp_track_file: 'file weight init_file',
  vrrp_track_process: `process param_match weight quorum quorum_max fork_delay terminate_delay delay full_command`,
  vrrp_script: 'script interval timeout weight rise fall user init_fail',
  vrrp_sync_group: `group track_interface track_script track_file track_process track_bfd notify_master notify_backup
    notify_fault notify_stop notify smtp_alert notify_priority_changes global_tracking sync_group_tracking_weight`,
  garp_group: 'garp_interval gna_interval interface interfaces',
  vrrp_instance: `state interface virtual_router_id priority advert_int authentication auth_hmac virtual_ipaddress
    virtual_ipaddress_excluded no_virtual_ipaddress virtual_routes virtual_rules promote_secondaries nopreempt preempt
    preempt_delay track_interface track_script track_file track_process track_bfd dont_track_primary track_src_ip
    mcast_src_ip unicast_src_ip unicast_peer unicast_fault_no_peer unicast_ttl check_unicast_src mcast_dst_ip vrf
    version native_ipv6 old_unicast_checksum v3_checksum_as_v2 use_vmac use_vmac_addr vmac_xmit_base use_ipvlan
    garp_master_delay garp_master_repeat garp_master_refresh garp_master_refresh_repeat garp_lower_prio_delay
    garp_lower_prio_repeat garp_extra_if vmac_garp_intvl down_timer_adverts timer_expired_backup thread_timer_expired
    lower_prio_no_advert higher_prio_send_advert owner_ignore_adverts accept no_accept skip_check_adv_addr strict_mode
    debug notify_master notify_backup notify_fault notify_stop notify_deleted notify notify_master_rx_lower_pri
    notify_priority_changes smtp_alert kernel_rx_buf_size linkbeat_use_polling lvs_sync_daemon_interface`,
  'vrrp_instance authentication': 'auth_type auth_pass',
  'vrrp_instance auth_hmac': 'key active_key anti_replay time_window mode',
};

/** Words in the middle of lines. */
const OPTIONS: Readonly<Record<string, string>> = {
  'vrrp_instance virtual_ipaddress': `brd dev use_vmac scope label peer home -nodad mngtmpaddr noprefixroute autojoin
    no_track preferred_lft`,
  'vrrp_instance virtual_ipaddress_excluded': 'brd dev use_vmac scope label no_track',
  static_ipaddress:
    'brd dev scope label peer home -nodad mngtmpaddr noprefixroute autojoin track_group preferred_lft',
  'vrrp_instance virtual_routes': 'src to via gw or dev scope table nexthop no_track metric mtu',
  static_routes: 'src to via dev scope table nexthop track_group protocol',
  'vrrp_instance virtual_rules': 'from to table lookup iif oif tos fwmark preference realms goto no_track',
  static_rules: 'from to table preference track_group',
  'vrrp_instance unicast_peer': 'min_ttl max_ttl',
  'vrrp_instance track_script': 'weight',
  'vrrp_sync_group track_interface': 'weight',
};

const at = (path: string): Keyword<unknown> | undefined => {
  const [first = '', ...rest] = path.split(' ');
  return rest.reduce<Keyword<unknown> | undefined>(
    (keyword, name) => keyword?.within?.[name],
    TOP_BY_NAME[first],
  );
};
const TOP_BY_NAME: Keywords = TOP;
const words = (text: string): readonly string[] => text.split(/\s+/);

describe('vrrp: every keyword of keepalived is in a table', () => {
  for (const [path, text] of Object.entries(WORDS)) {
    it(path === '' ? 'at the top level' : path, () => {
      const table = path === '' ? TOP_BY_NAME : (at(path)?.within ?? {});
      assert.deepEqual(
        words(text).filter(word => !Object.hasOwn(table, word)),
        [],
      );
    });
  }
  for (const [path, text] of Object.entries(OPTIONS)) {
    it(`and what may stand in the lines of ${path}`, () => {
      const table = at(path)?.options ?? {};
      assert.deepEqual(
        words(text).filter(word => !Object.hasOwn(table, word)),
        [],
      );
    });
  }
});
