import type { Fields, Level } from '../ports/log.js';
import type { VirtualServer } from '../ipvs/service.js';
import type { Standing } from '../vrrp/core/tracking.js';
import type { VrrpInstance } from '../vrrp/instance.js';
import type { InstancePlan } from '../vrrp/reload.js';
import type { InstanceState, IpvsState, VrrpState } from './document.js';

/**
 * What the processes say to each other: JSON over the fork's channel. A child that hears a message it does not
 * know ends itself, since then the two no longer agree on anything.
 */

/** What a master had reached when its process died, so that its successor can go on. */
export interface Progress {
  readonly instance: string;
  /** CLOCK_MONOTONIC milliseconds of its last advert. */
  readonly lastAdvertAtMs: number;
  /** The IP identification that its last advert carried. */
  readonly packetId: number;
}

export interface VrrpConfig {
  readonly instances: readonly VrrpInstance[];
  /** Instances that were master in the process before this one. */
  readonly resume: readonly Progress[];
  /** How the scripts are that instances watch, by name. */
  readonly scripts: Readonly<Record<string, Standing>>;
  readonly announceWith: 'packet' | 'arping';
  readonly realtime: boolean;
}

export interface CheckerConfig {
  readonly services: readonly VirtualServer[];
  /** Where the list of services that are ours in the kernel's table is kept. */
  readonly ownedFile: string;
  /** The ipvsadm program. */
  readonly ipvsadm: string;
}

/**
 * From the supervisor to either child.
 *
 * A reload goes over both in two phases: each is told to `prepare` and answers what would change, or that it refuses;
 * only when both are prepared is either told to `commit`. A plan is a reload that ends after the first phase. What was
 * prepared and is not committed is forgotten at the next `prepare`.
 */
export type ToChild<Config> =
  | { readonly type: 'start'; readonly config: Config }
  | { readonly type: 'prepare'; readonly id: number; readonly config: Config }
  | { readonly type: 'commit'; readonly id: number }
  /** Hand over or take down what is ours, then exit with 0. */
  | { readonly type: 'stop' }
  | { readonly type: 'dump'; readonly id: number };

/** What a configuration would change in the vrrp process. */
export interface VrrpPlan {
  readonly instances: readonly InstancePlan[];
}

/** What a configuration would change in the checker process. */
export interface TablePlan {
  /** Lines for `ipvsadm --restore`, in their order. */
  readonly lines: readonly string[];
  /** Checks whose history is lost, as `CHECK of SERVER in SERVICE`. */
  readonly checksStarted: readonly string[];
  readonly checksEnded: readonly string[];
  readonly checksKept: number;
}

/** What a configuration would change altogether. */
export interface Plan {
  readonly instances: readonly InstancePlan[];
  readonly table: TablePlan;
}

/** To the vrrp process alone. */
export type ToVrrp =
  | ToChild<VrrpConfig>
  /** A script is otherwise than before. */
  | { readonly type: 'standing'; readonly script: string; readonly standing: Standing };

interface FromAnyChild<State, Plan> {
  readonly prepared: { readonly type: 'prepared'; readonly id: number; readonly plan: Plan };
  readonly refused: { readonly type: 'refused'; readonly id: number; readonly why: string };
  readonly committed: { readonly type: 'committed'; readonly id: number };
  readonly ready: { readonly type: 'ready' };
  readonly log: {
    readonly type: 'log';
    readonly level: Level;
    readonly sentence: string;
    readonly fields: Fields;
  };
  readonly dump: { readonly type: 'dump'; readonly id: number; readonly state: State };
  /** This machine lacks a privilege or a kernel part: the agent ends with exit status 4. */
  readonly missing: { readonly type: 'missing'; readonly what: string };
}

interface HeldAddress {
  readonly address: string;
  readonly prefixLength: number;
  readonly interface: string;
}

type Union<T> = T[keyof T];

export type FromChecker = Union<FromAnyChild<IpvsState, TablePlan>>;

export type FromVrrp =
  | Union<FromAnyChild<VrrpState, VrrpPlan>>
  | {
      readonly type: 'role';
      readonly instance: string;
      readonly from: InstanceState['role'];
      readonly to: InstanceState['role'];
      readonly reason: string;
      readonly priority: number;
      /** Addresses that are on an interface because of this instance, for whoever must take them off. */
      readonly held: readonly HeldAddress[];
    }
  /** What is on an interface because of the instance, where it is something else without a change of role. */
  | { readonly type: 'holds'; readonly instance: string; readonly held: readonly HeldAddress[] }
  | { readonly type: 'progress'; readonly progress: readonly Progress[] }
  /** Asks for the arping program, which this process must never start itself. */
  | {
      readonly type: 'arping';
      readonly interface: string;
      readonly addresses: readonly string[];
      readonly repeat: number;
    };

/** What a child says of its own accord; the rest are answers, known by the `id` of their question. */
export type News<From> = Exclude<From, { readonly id: number }>;
