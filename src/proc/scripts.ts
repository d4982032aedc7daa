import { nodeClock } from '../io/node-clock.js';
import { isDeepEqual } from '../lib/equal.js';
import type { Log } from '../ports/log.js';
import type { ScriptPort } from '../ports/script.js';
import { ScriptTracker, type ScriptStanding } from '../scripts/tracker.js';
import type { VrrpScript } from '../scripts/script.js';

/**
 * The scripts that instances watch. They run here, not in the vrrp process: whatever they do, and however long a start
 * takes on a machine short of memory, no advert waits for it.
 */
export class Scripts {
  readonly #port: Pick<ScriptPort, 'run'>;
  readonly #log: Log;
  readonly #changed: (script: string, standing: ScriptStanding) => void;
  #trackers: readonly ScriptTracker[] = [];
  /** Of scripts that a reload has changed, what was known before: no role changes by a reload. */
  readonly #known = new Map<string, ScriptStanding>();

  constructor(port: ScriptPort, log: Log, changed: (script: string, standing: ScriptStanding) => void) {
    this.#port = port;
    this.#log = log;
    this.#changed = changed;
  }

  /** From now on these; what is the same goes on as it is. */
  change(scripts: readonly VrrpScript[]): void {
    const before = this.#trackers;
    const kept = scripts.map(script => before.find(tracker => isDeepEqual(tracker.script, script)));
    for (const tracker of before) {
      if (!kept.includes(tracker)) tracker.close();
    }
    const names = new Set(scripts.map(script => script.name));
    for (const name of [...this.#known.keys()]) {
      if (!names.has(name)) this.#known.delete(name);
    }
    this.#trackers = scripts.map((script, i) => kept[i] ?? this.#tracker(script));
    for (const [i, tracker] of this.#trackers.entries()) {
      if (kept[i] === undefined) tracker.start();
    }
  }

  /** How each of them is, by name. */
  standings(): Readonly<Record<string, ScriptStanding>> {
    return Object.fromEntries(
      this.#trackers.map(({ script: { name } }) => [name, this.#known.get(name) ?? 'unknown']),
    );
  }

  /** No further run begins. */
  close(): void {
    this.change([]);
  }

  #tracker(script: VrrpScript): ScriptTracker {
    const tracker = new ScriptTracker(script, this.#port, nodeClock, this.#log, standing => {
      this.#known.set(script.name, standing);
      this.#changed(script.name, standing);
    });
    if (tracker.standing !== 'unknown' && !this.#known.has(script.name)) {
      this.#known.set(script.name, tracker.standing);
    }
    return tracker;
  }
}
