import type { ShownRole } from '../ipc/document.js';
import type { Instant } from '../lib/units.js';
import type { AnnouncementWatch } from '../ports/announce.js';
import type { Clock } from '../ports/clock.js';
import type { LinkPort } from '../ports/links.js';
import type { Log } from '../ports/log.js';
import type { Standing, Track } from './core/tracking.js';
import type { RoleReason } from './core/types.js';
import type { Announcements, VirtualAddress, VrrpInstance } from './instance.js';

/** What an instance lives in. */
export interface Surroundings {
  readonly clock: Clock;
  /** The time of day, for people: ISO 8601. */
  readonly wall: () => string;
  readonly links: LinkPort;
  readonly log: Log;
  /** Sends a packet on the instance's interface; answers with the system's error code when it did not leave. */
  readonly send: (packet: Uint8Array, destination: Uint8Array) => string | undefined;
  /** Reads what has arrived on the interface so far. */
  readonly drain: () => void;
  /** @param addresses what is to be announced, asked for each time */
  readonly announcing: (
    counts: Announcements,
    addresses: () => readonly VirtualAddress[],
    refused: (code: string) => void,
  ) => Announcing;
  /** Hears on the instance's interface what other machines announce; each address as text. */
  readonly watch: (heard: (address: string) => void) => AnnouncementWatch;
  /** How what the instance watches is now. */
  readonly standing: (track: Track) => Standing;
  readonly news: InstanceNews;
}

/** The announcements of one instance, in blocks spread over time. */
export interface Announcing {
  /** The addresses are ours from now on. */
  begin(): void;
  /** They are no longer ours: nothing more may be said about them. */
  stop(): void;
  change(counts: Announcements): void;
  close(): void;
}

/** What others want to know of an instance. */
export interface InstanceNews {
  roleChanged(
    instance: VrrpInstance,
    from: ShownRole,
    to: ShownRole,
    reason: RoleReason,
    held: readonly VirtualAddress[],
  ): void;
  /** What is on an interface because of the instance is something else from now on. */
  holds(instance: VrrpInstance, held: readonly VirtualAddress[]): void;
  /** An advert of a master left at `at`, with this IP identification. */
  advertSent(instance: VrrpInstance, at: Instant, packetId: number): void;
}

/** What a master had reached when its process died. */
export interface Inheritance {
  readonly lastAdvertAtMs: number;
  readonly packetId: number;
}
