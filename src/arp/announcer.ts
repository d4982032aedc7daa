import type { AnnouncePort } from '../ports/announce.js';
import type { Alarm, Clock } from '../ports/clock.js';
import {
  begin,
  change,
  deadline,
  QUIET,
  step,
  type BurstSettings,
  type BurstState,
  type BurstStep,
} from './core/burst.js';

/** Announces the addresses of one instance: a block at once, a second after a while, then as often as asked. */
export class Announcer {
  #settings: BurstSettings;
  readonly #port: AnnouncePort;
  readonly #clock: Clock;
  readonly #alarm: Alarm;
  readonly #refused: (code: string) => void;
  #state: BurstState = QUIET;
  #ours = false;

  /** @param refused told of each block that the kernel would not send */
  constructor(settings: BurstSettings, port: AnnouncePort, clock: Clock, refused: (code: string) => void) {
    this.#settings = settings;
    this.#port = port;
    this.#clock = clock;
    this.#refused = refused;
    this.#alarm = clock.alarm(() => this.#take(step(this.#settings, this.#state, clock.now())));
  }

  /** The addresses are ours from now on. */
  begin(): void {
    this.#ours = true;
    this.#take(begin(this.#settings, this.#clock.now()));
  }

  /** The addresses are no longer ours: nothing more may be said about them. */
  stop(): void {
    this.#ours = false;
    this.#state = QUIET;
    this.#alarm.off();
  }

  change(settings: BurstSettings): void {
    this.#settings = settings;
    if (this.#ours) this.#take({ state: change(settings, this.#state, this.#clock.now()), rounds: 0 });
  }

  close(): void {
    this.#alarm.close();
  }

  #take(next: BurstStep): void {
    this.#state = next.state;
    const due = deadline(next.state);
    if (due === undefined) this.#alarm.off();
    else this.#alarm.set(due);
    if (next.rounds > 0) {
      const code = this.#port.announce(next.rounds);
      if (code !== undefined) this.#refused(code);
    }
  }
}
