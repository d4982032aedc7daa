import type { Prefix } from '../lib/address.js';
import type { Track } from './core/tracking.js';

/** A vrrp_instance of the file, defaults filled in. Plain data: it crosses processes. */
export interface VrrpInstance {
  readonly name: string;
  readonly interface: string;
  readonly version: 2;
  readonly virtualRouterId: number;
  /** 255 means that the addresses are this router's own. */
  readonly priority: number;
  /** `state` of the file: its only effect on timing is that an owner told to start as BACKUP waits. */
  readonly startAs: 'MASTER' | 'BACKUP';
  readonly preempt: boolean;
  readonly advertIntervalMs: number;
  readonly authentication: { readonly type: 'PASS'; readonly password: string } | null;
  /** Where its adverts come from; null for the first address of the interface. */
  readonly source: string | null;
  /** Whom it speaks to one by one; null when that is the multicast group. */
  readonly unicast: Unicast | null;
  /** In the order of the file, which is the order on the wire. */
  readonly addresses: readonly VirtualAddress[];
  readonly announce: Announcements;
  /** In the order of the file. */
  readonly tracks: readonly Track[];
}

/** Adverts to single routers, in place of the multicast group. */
export interface Unicast {
  /** In the order of the file, in which they are spoken to. At least one. */
  readonly peers: readonly UnicastPeer[];
  /** Of the adverts that are sent: 0 to 255. */
  readonly ttl: number;
  /** Is nobody else heard? */
  readonly onlyPeers: boolean;
}

/** A router that adverts are sent to, and how far away it may be. */
export interface UnicastPeer {
  readonly address: string;
  readonly leastTtl: number;
  readonly mostTtl: number;
}

/** Instances that are to have one role. Plain data. */
export interface SyncGroup {
  readonly name: string;
  /** The names of instances, in the order of the file. */
  readonly members: readonly string[];
}

/** An address that moves with the master role. */
export interface VirtualAddress extends Prefix {
  readonly interface: string;
}

/** How gratuitous ARP is sent after taking over. */
export interface Announcements {
  /** Rounds at once. */
  readonly repeat: number;
  /** Milliseconds until the second block of as many rounds; 0 for none. */
  readonly delayMs: number;
  /** Milliseconds between later rounds; 0 for none. */
  readonly refreshMs: number;
  readonly refreshRepeat: number;
}
