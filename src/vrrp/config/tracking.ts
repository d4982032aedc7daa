import { reportNotYet, type Word } from '../../lib/keyword.js';
import type { Weight } from '../../lib/keyword-weight.js';
import { nearest } from '../../lib/nearest.js';
import type { Place, Report } from '../../lib/problem.js';
import type { Track } from '../core/tracking.js';
import { TRACKING, type Tracked } from '../keywords/track.js';
import type { CompleteInstance } from './instance.js';

/** Something that instances can watch, by the keyword that names it there. */
export type TrackKeyword = keyof typeof TRACKING;

/** What is defined in the file, to be watched by its name. */
export interface Watched {
  readonly at: Place;
  /** Its own; 0 where it has none. */
  readonly weight: Weight;
}

/** Everything that is defined, by keyword and name; undefined where any name is as good as another. */
export type AllWatched = Readonly<Record<TrackKeyword, ReadonlyMap<string, Watched> | undefined>>;

/** How each of them is called. */
const CALLED: Readonly<Record<TrackKeyword, string>> = {
  track_interface: 'interface',
  track_script: 'vrrp_script',
  track_file: 'track_file',
  track_process: 'vrrp_track_process',
  track_bfd: 'bfd_instance',
};

/** What is watched, by the kind that the vrrp process knows. */
const KINDS: Readonly<Partial<Record<TrackKeyword, Track['kind']>>> = {
  track_interface: 'interface',
  track_script: 'script',
};

/** What of it the vrrp process watches. @param scripts the names of those that can be run */
export const tracksOf = (all: readonly Watching[], scripts: ReadonlySet<string>): readonly Track[] =>
  all.flatMap(({ keyword, name: { text: name }, weight, reverse }): Track[] => {
    const kind = KINDS[keyword];
    if (kind === undefined || (kind === 'script' && !scripts.has(name))) return [];
    return [{ kind, name, weight, reverse }];
  });

const KEYWORDS = Object.keys(CALLED) as readonly TrackKeyword[];

/** What one block watches. */
type TrackValues = { readonly [N in TrackKeyword]?: readonly Tracked[] };

/** One thing that is really watched, and how much it counts. */
export interface Watching {
  readonly keyword: TrackKeyword;
  readonly name: Word;
  readonly weight: number;
  readonly reverse: boolean;
}

/**
 * What an instance or a group watches, without what keepalived leaves out: names that nothing has, and the
 * instance's own interface.
 * @param own the interface of the instance; none of a group
 */
export function watching(
  values: TrackValues,
  own: string | undefined,
  all: AllWatched,
  report: Report,
): readonly Watching[] {
  return KEYWORDS.flatMap(keyword =>
    (values[keyword] ?? []).flatMap(({ name, weight }): Watching[] => {
      if (keyword === 'track_interface' && name.text === own) {
        report.warn(
          name.at,
          `${name.text} is the instance's own interface, which it watches anyway; keepalived ignores the line`,
          'leave it out',
        );
        return [];
      }
      const defined = all[keyword];
      const found = defined?.get(name.text);
      if (defined !== undefined && found === undefined) {
        reportUndefined(keyword, name, [...defined.keys()], report);
        return [];
      }
      if (found !== undefined && isBehind(found.at, name.at)) {
        report.warn(
          name.at,
          `${CALLED[keyword]} ${name.text} is defined further down; keepalived does not find it there, and does not watch it`,
          `move it above this line`,
        );
      }
      const { value = 0, reverse = false } = weight ?? found?.weight ?? {};
      return [{ keyword, name, weight: value, reverse }];
    }),
  );
}

/** Are both in one file, the first behind the second? Of two files nothing can be said. */
const isBehind = (one: Place, other: Place): boolean => one.file === other.file && one.line > other.line;

function reportUndefined(
  keyword: TrackKeyword,
  { text, at }: Word,
  known: readonly string[],
  report: Report,
): void {
  const likely = nearest(text, known);
  report.warn(
    at,
    `there is no ${CALLED[keyword]} ${text}; as in keepalived, it is not watched`,
    likely === undefined ? `define it, or take it out` : `did you mean ${likely}?`,
  );
}

/** Says of each thing that is watched that it is not yet. */
export function reportWatching(all: readonly Watching[], report: Report): void {
  for (const { keyword, name } of all) {
    if (KINDS[keyword] !== undefined) continue;
    reportNotYet(name.at, `${keyword} ${name.text}`, TRACKING[keyword].here ?? '', report);
  }
}

/** Says which weights decide nothing. keepalived drops them for an owner, and says nothing of nopreempt. */
export function reportWeights(
  { draft, instance }: CompleteInstance,
  all: readonly Watching[],
  report: Report,
): void {
  const weighted = all.filter(({ weight }) => weight !== 0);
  const [first] = weighted;
  if (first === undefined) return;
  if (instance.priority === 255) {
    for (const { name } of weighted) {
      report.warn(
        name.at,
        `the priority of an owner (255) never changes; keepalived does not watch ${name.text} for it`,
        'write a priority below 255',
      );
    }
  } else if (!instance.preempt) {
    report.warn(
      draft.values.at.nopreempt ?? draft.at,
      `nopreempt and a weight: when ${first.name.text} fails, the priority falls and nobody takes over; only weight 0 gives the role away`,
      `leave nopreempt out, or write ${first.name.text} without a weight`,
    );
  }
}

/** Says which definitions nobody uses. keepalived runs no such script, and reads no such file. */
export function reportUnused(all: AllWatched, used: readonly Watching[], report: Report): void {
  const names = new Set(used.map(({ keyword, name }) => `${keyword} ${name.text}`));
  for (const keyword of ['track_script', 'track_file', 'track_process'] as const) {
    for (const [name, { at }] of all[keyword] ?? []) {
      if (names.has(`${keyword} ${name}`)) continue;
      report.warn(
        at,
        `no instance watches ${CALLED[keyword]} ${name}; keepalived does nothing with it`,
        `write ${keyword} { ${name} } into an instance, or take it out`,
      );
    }
  }
}
