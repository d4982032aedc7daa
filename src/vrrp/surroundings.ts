import type { ShownRole } from '../ipc/document.js';
import type { Instant } from '../lib/units.js';
import type { AnnouncementWatch, Announcing } from '../ports/announce.js';
import type { Clock } from '../ports/clock.js';
import type { LinkPort } from '../ports/links.js';
import type { Log } from '../ports/log.js';
import type { RoleReason } from './core/types.js';
import type { VirtualAddress, VrrpInstance } from './instance.js';

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
  readonly announcing: (refused: (code: string) => void) => Announcing;
  /** Hears on the instance's interface what other machines announce; each address as text. */
  readonly watch: (heard: (address: string) => void) => AnnouncementWatch;
  readonly news: InstanceNews;
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
  /** An advert of a master left at `at`, with this IP identification. */
  advertSent(instance: VrrpInstance, at: Instant, packetId: number): void;
}

/** What a master had reached when its process died. */
export interface Inheritance {
  readonly lastAdvertAtMs: number;
  readonly packetId: number;
}
