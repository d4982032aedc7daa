import { join } from 'node:path';
import { Daemon } from './daemon.js';
import { ROOT } from './guide.js';
import type { Host } from './host.js';

/** A time in which what was asked was not answered, in µs since the epoch. */
export interface Outage {
  /** The first request without an answer. */
  readonly from: number;
  /** The first after it that was answered again, or the end. */
  readonly to: number;
}

/** @returns the length of an outage in ms. */
export const milliseconds = ({ from, to }: Outage): number => (to - from) / 1000;

/** An answer that takes longer than this is none, and what was asked so shortly before the end is not judged; in µs. */
const PATIENCE = 50_000;

interface Asked {
  readonly at: number;
  readonly answered: boolean;
  /** Not even late. */
  readonly lost: boolean;
}

/**
 * A client that asks an address for an echo every two milliseconds. What counts is which requests were answered, not
 * when: a client that was itself kept waiting, on a machine that it shares with the directors, sees no outage in that.
 */
export class Prober {
  readonly #client: Daemon;
  readonly #pieces: Buffer[] = [];
  #asked: readonly Asked[] | null = null;

  private constructor(client: Host, address: string, intervalMs: number) {
    const program = join(ROOT, 'dist/test/lab/echo-client.js');
    this.#client = client.start([process.execPath, program, address, String(intervalMs)], {
      output: piece => void this.#pieces.push(piece),
    });
  }

  /** Starts asking; returns with the first answer. */
  static async start(client: Host, address: string, intervalMs = 2): Promise<Prober> {
    const prober = new Prober(client, address, intervalMs);
    await prober.#client.line(/^ready/, { within: 20_000 });
    return prober;
  }

  /** Ends the asking; from now on the answers can be looked at. */
  async stop(): Promise<void> {
    await this.#client.stop();
    await this.#client.silence;
    const lines = Buffer.concat(this.#pieces).toString().split('\n');
    const asked = lines
      .map(line => line.split(' ').map(Number))
      .map(([at = 0, answer = 0]) => ({
        at,
        answered: answer > 0 && answer - at < PATIENCE,
        lost: answer === 0,
      }));
    const end = asked.at(-1)?.at ?? 0;
    const first = asked.findIndex(({ answered }) => answered);
    this.#asked = asked.slice(first).filter(({ at }) => at < end - PATIENCE);
  }

  /** @returns the outages that began since then, in order. */
  outages(since = 0): Outage[] {
    const outages: Outage[] = [];
    let from: number | null = null;
    for (const { at, answered } of [
      ...this.#all,
      { at: this.#all.at(-1)?.at ?? 0, answered: true, lost: false },
    ]) {
      if (!answered) from ??= at;
      else if (from !== null) {
        if (from >= since) outages.push({ from, to: at });
        from = null;
      }
    }
    return outages;
  }

  /** @returns when requests were made that were never answered, since then: a machine that stands still loses none. */
  lost(since = 0): number[] {
    return this.#all.filter(({ at, lost }) => lost && at >= since).map(({ at }) => at);
  }

  /** @returns the longest time in ms, since then, in which nothing was asked: a shorter outage may have been missed. */
  blindness(since = 0): number {
    const times = this.#all.map(({ at }) => at).filter(at => at >= since);
    return Math.max(0, ...times.slice(1).map((at, n) => at - (times[n] ?? at))) / 1000;
  }

  /** @returns the longest outage that began since then, of no length if everything was answered. */
  outage(since = 0): { readonly longest: Outage } {
    const [longest = { from: since, to: since }] = this.outages(since).sort(
      (a, b) => milliseconds(b) - milliseconds(a),
    );
    return { longest };
  }

  get #all(): readonly Asked[] {
    if (!this.#asked) throw new Error('the prober must be stopped before its answers are looked at');
    return this.#asked;
  }
}
