import { closeSync, mkdtempSync, openSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Daemon, nowMicros } from './daemon.js';
import type { Host } from './host.js';

/** A time without answers, between two answers, in µs since the epoch. */
export interface Gap {
  readonly from: number;
  readonly to: number;
}

/** @returns the length of a gap in ms. */
export const milliseconds = ({ from, to }: Gap): number => (to - from) / 1000;

/**
 * A client that asks an address for an echo every millisecond or two and notes each answer, so that an outage is known
 * to about that. `ping` writes to a file and nothing of ours runs meanwhile: the measured are not disturbed.
 */
export class Prober {
  readonly #folder = mkdtempSync(join(tmpdir(), 'prober-'));
  readonly #ping: Daemon;
  #replies: number[] | null = null;

  private constructor(client: Host, address: string, intervalMs: number) {
    const file = openSync(join(this.#folder, 'replies'), 'w');
    // On one machine with the measured, the client must not have to wait for its turn on the processor.
    const command = ['chrt', '--rr', '90', 'ping', '-D', '-n', '-i', String(intervalMs / 1000), address];
    this.#ping = client.start(command, { outputFile: file });
    closeSync(file);
  }

  /** Starts asking. */
  static start(client: Host, address: string, intervalMs = 2): Prober {
    return new Prober(client, address, intervalMs);
  }

  /** Ends the asking; from now on the answers can be looked at. */
  async stop(): Promise<void> {
    const end = nowMicros();
    await this.#ping.stop('SIGINT');
    const text = readFileSync(join(this.#folder, 'replies'), 'utf8');
    rmSync(this.#folder, { recursive: true, force: true });
    const replies = Array.from(
      text.matchAll(/^\[(\d+)\.(\d{6})\] \d+ bytes from .*icmp_seq=/gm),
      ([, s, us]) => Number(`${s ?? ''}${us ?? ''}`),
    );
    if (replies.length === 0) {
      throw new Error(`no echo at all was answered; ping said:\n${text.slice(0, 500)}`);
    }
    // An address that is still silent has been silent until now.
    if (end - (replies.at(-1) ?? end) > 100_000) replies.push(end);
    this.#replies = replies;
  }

  /** @returns the times between an answer and the next, since a time, in order. */
  gaps(since = 0): Gap[] {
    const replies = this.#replies;
    if (!replies) throw new Error('the prober must be stopped before its answers are looked at');
    const gaps: Gap[] = [];
    for (let n = 1; n < replies.length; n++) {
      const [from = 0, to = 0] = replies.slice(n - 1, n + 1);
      if (to >= since) gaps.push({ from, to });
    }
    return gaps;
  }

  /** @returns the longest time without an answer, and the usual one for comparison. */
  outage(since = 0): { readonly longest: Gap; readonly usualMs: number } {
    const gaps = this.gaps(since).sort((a, b) => milliseconds(b) - milliseconds(a));
    const [longest] = gaps;
    const usual = gaps[gaps.length >> 1];
    if (!longest || !usual) throw new Error('nothing was answered since then');
    return { longest, usualMs: milliseconds(usual) };
  }
}
