import { never } from '../lib/never.js';
import type { Instant } from '../lib/units.js';
import type { Alarm, Clock } from '../ports/clock.js';
import { deadline, step } from './core/router.js';
import type {
  Role,
  RoleReason,
  RouterAction,
  RouterEvent,
  RouterSettings,
  RouterState,
} from './core/types.js';

/** What a virtual router does to the world. Each is done at once and in the order asked for. */
export interface RouterEffects {
  sendAdvert(priority: number): void;
  holdAddresses(): void;
  releaseAddresses(): void;
  announceAddresses(): void;
  roleChanged(from: Role, to: Role, reason: RoleReason): void;
  /** Reads whatever has arrived, so that a deadline is believed only after everything was heard. */
  drain(): void;
}

/**
 * Runs one virtual router: feeds it events, performs its actions, sets its one alarm.
 *
 * Every dispatch ends by setting the alarm from the state itself, so there is no second place that could
 * remember a deadline the router has given up.
 */
export class RouterDriver {
  readonly #clock: Clock;
  readonly #effects: RouterEffects;
  readonly #alarm: Alarm;
  #settings: RouterSettings;
  #state: RouterState = { role: 'init' };

  constructor(settings: RouterSettings, clock: Clock, effects: RouterEffects) {
    this.#settings = settings;
    this.#clock = clock;
    this.#effects = effects;
    this.#alarm = clock.alarm(() => {
      effects.drain();
      this.dispatch({ type: 'tick' });
    });
  }

  get state(): RouterState {
    return this.#state;
  }

  /** The interface's own address is another from now on, which changes nothing until the next tie. */
  use(settings: RouterSettings): void {
    this.#settings = settings;
  }

  /** A reload: no role changes by it, and no timer starts over. */
  change(settings: RouterSettings): void {
    const before = this.#settings;
    this.#settings = settings;
    this.dispatch({ type: 'changed', before });
  }

  /** @param at when it happened, where that is known better than by looking at the clock */
  dispatch(event: RouterEvent, at: Instant = this.#clock.now()): void {
    const next = step(this.#settings, this.#state, event, at);
    this.#state = next.state;
    this.#setAlarm(deadline(next.state));
    for (const action of next.actions) {
      this.#perform(action);
    }
  }

  close(): void {
    this.#alarm.close();
  }

  #setAlarm(due: Instant | undefined): void {
    if (due === undefined) {
      this.#alarm.off();
    } else {
      this.#alarm.set(due);
    }
  }

  #perform(action: RouterAction): void {
    switch (action.type) {
      case 'sendAdvert':
        return this.#effects.sendAdvert(action.priority);
      case 'holdAddresses':
        return this.#effects.holdAddresses();
      case 'releaseAddresses':
        return this.#effects.releaseAddresses();
      case 'announceAddresses':
        return this.#effects.announceAddresses();
      case 'roleChanged':
        return this.#effects.roleChanged(action.from, action.to, action.reason);
      default:
        return never(action);
    }
  }
}
