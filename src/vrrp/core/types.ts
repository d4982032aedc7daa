import type { Instant, Millis } from '../../lib/units.js';
import type { TrackFault } from './tracking.js';

/** What one virtual router needs to know of itself. RFC 9568 §6.1, with VRRPv2's names where they differ. */
export interface RouterSettings {
  readonly version: 2;
  /** 255: the addresses are our own. */
  readonly priority: number;
  /** An owner speaks at once, unless the file tells it to start as a backup. */
  readonly startAsOwner: boolean;
  readonly preempt: boolean;
  readonly advertInterval: Millis;
  /** The source of our adverts, which breaks ties: the interface's own address, never a virtual one. */
  readonly primaryAddress: Uint8Array;
}

/** The words by which a role change is known everywhere: log, state, journal. */
export type RoleReason =
  /** The process started. */
  | 'startup'
  /** We own the addresses, so there is nobody to wait for. */
  | 'owner'
  /** The process before this one was master, and its peers have not missed it yet. */
  | 'resumed'
  /** Nobody has spoken since we began to listen. */
  | 'no-master'
  /** The master has not spoken for three intervals and our skew. */
  | 'master-silent'
  /** The master said that it leaves, and our skew is over. */
  | 'master-left'
  /** The master has a lower priority than we have. */
  | 'preempting'
  /** A router with a higher priority speaks. */
  | 'higher-priority'
  /** A router with our priority and a higher address speaks. */
  | 'tie-break'
  /** We were told to stop. */
  | 'shutdown'
  /** What had made the instance fail is well again. */
  | 'recovered'
  | FaultReason;

/** Why an instance cannot run. */
export type FaultReason = 'interface-missing' | 'interface-down' | 'no-address' | TrackFault;

export type RouterEvent =
  /** `masterUntil`: until when the process before this one would have kept its peers waiting, if it was master. */
  | { readonly type: 'startup'; readonly masterUntil?: Instant }
  | { readonly type: 'shutdown' }
  | { readonly type: 'tick' }
  | { readonly type: 'advert'; readonly priority: number; readonly from: Uint8Array }
  /** Another router has told the network where all our addresses are to be found now. */
  | { readonly type: 'succeeded' }
  /** The settings are others from now on; `before` are those that the state was made with. */
  | { readonly type: 'changed'; readonly before: RouterSettings }
  | { readonly type: 'failed'; readonly reason: FaultReason }
  | { readonly type: 'recovered' };

/**
 * Everything a virtual router can ask for. The order within a list is part of the contract.
 *
 * `holdAddresses` and `releaseAddresses` name a wish, not a change: doing one twice is harmless, and a fresh
 * backup releases what a crash may have left.
 */
export type RouterAction =
  | { readonly type: 'sendAdvert'; readonly priority: number }
  | { readonly type: 'holdAddresses' }
  | { readonly type: 'releaseAddresses' }
  | { readonly type: 'announceAddresses' }
  | { readonly type: 'roleChanged'; readonly from: Role; readonly to: Role; readonly reason: RoleReason };

/** The router whose adverts we follow. */
export interface Master {
  readonly address: Uint8Array;
  readonly priority: number;
}

/** The deadline lives in the state that waits for it, so no timer can outlive its reason. */
export type RouterState =
  | { readonly role: 'init' }
  | { readonly role: 'fault'; readonly reason: FaultReason }
  | BackupState
  | { readonly role: 'master'; readonly nextAdvertAt: Instant }
  /** Resigned, and still holding the addresses until a successor has announced them, or nobody can be left who would. */
  | { readonly role: 'leaving'; readonly releaseAt: Instant };

export interface BackupState {
  readonly role: 'backup';
  readonly masterDownAt: Instant;
  /** Why we shall be master if nothing is heard until then. */
  readonly ifSilent: RoleReason;
  readonly master: Master | undefined;
}

export type Role = RouterState['role'];
