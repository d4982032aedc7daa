import type { Keyword, Keywords, Row, Values, Word } from '../../lib/keyword.js';
import { bare, choice, integer, lines, named, notYet, secondsFrom } from '../../lib/keyword-kinds.js';
import { option, readOptions } from '../../lib/keyword-line.js';
import { otherName, partsOf } from '../../lib/keyword-rows.js';
import { weight, weightArity, type Weight } from '../../lib/keyword-weight.js';
import { decidedByTheRest, placed, withoutTwice, wrongDevice } from './kinds.js';

const LONGEST_PROCESS_DELAY = 3600;
const MOST_PROCESSES = 65535;

/** One thing that is watched, as it stands in the file. */
export interface Tracked {
  readonly name: Word;
  /** None where the thing's own counts. */
  readonly weight: Weight | undefined;
}

/** @param most the greatest weight */
const trackOptions = (most: number) => ({
  weight: option(
    weight(most, {
      means: 'what it adds to the priority, or takes from it, in place of its own weight',
      otherwise: 'its own weight, or 0,',
    }),
    weightArity,
  ),
});

/** A keyword whose block names what is watched, each with a weight or not. A name counts once. */
function trackers(
  most: number,
  what: string,
  row: Row,
  wrongWith: typeof wrongDevice = () => undefined,
): Keyword<readonly Tracked[]> {
  const options = trackOptions(most);
  const list = lines<Tracked>(
    `a block of ${what}`,
    { ...row, options: partsOf(options) },
    ([name, ...rest], report) => {
      const read = readOptions(options, rest, name.text, name.at, report);
      const wrong = wrongWith(name.text);
      if (wrong !== undefined) report.error(name.at, wrong.message, wrong.hint);
      return wrong === undefined ? { name, weight: read.value.weight } : undefined;
    },
  );
  return {
    ...list,
    read: (statement, report, before) =>
      withoutTwice(list.read(statement, report, before) ?? [], ({ name }) => name, report),
  };
}

/** What an instance or a group watches. Whether it does depends on what is defined, and on the instance's interface. */
export const TRACKING = {
  track_interface: trackers(
    253,
    'interfaces',
    { means: 'fails when one of these interfaces does, or changes its priority' },
    wrongDevice,
  ),
  track_script: trackers(253, 'scripts', {
    means: 'fails when one of these scripts does, or changes its priority',
  }),
  track_file: notYet(
    trackers(254, 'files', { means: 'adds what is in these files to the priority' }),
    'the file is not read, and the priority stays as it is',
    decidedByTheRest,
  ),
  track_process: notYet(
    trackers(254, 'processes', { means: 'fails when one of these processes is gone' }),
    'the instance does not notice when it is gone',
    decidedByTheRest,
  ),
  track_bfd: notYet(
    trackers(253, 'BFD sessions', { means: 'fails when one of these sessions is down' }),
    'the instance does not notice when it is down',
    decidedByTheRest,
  ),
} satisfies Keywords;

/** What a file holds at the start. */
export interface InitFile {
  readonly value: number;
  readonly overwrite: boolean;
}

const initFile: Keyword<InitFile> = {
  effect: 'acted on',
  takes: 'a whole number, overwrite, both or nothing',
  means: 'writes this number, or 0, into the file where it is missing; with overwrite in any case',
  read: ({ args }, report) => {
    let value = 0;
    let overwrite = false;
    for (const { text, at } of args) {
      if (text === 'overwrite') overwrite = true;
      else if (/^[+-]?\d+$/.test(text)) value = Number(text);
      else report.warn(at, `init_file takes a whole number or overwrite, not "${text}"; it is ignored`);
    }
    return { value, overwrite };
  },
};

/** The keywords of track_file at the top level. */
export const TRACK_FILE = partsOf({
  file: placed(
    'the path of a file',
    { means: 'the file whose number counts', mayBeEmpty: true },
    () => undefined,
  ),
  weight: weight(254, {
    means: 'what the number is multiplied by; with 0 the instance fails unless the number is 0',
    default: '1',
    otherwise: '1',
    mayBeEmpty: true,
  }),
  init_file: initFile,
} satisfies Keywords);

const processDelay = (means: string): Keyword<number> =>
  secondsFrom(0.000001, LONGEST_PROCESS_DELAY, { means, otherwise: '0' });

const commandLine: Keyword<readonly string[]> = {
  effect: 'acted on',
  takes: 'the name of a program, and perhaps its arguments',
  means: 'what is looked for',
  read: ({ keyword: { text: name, at }, args }, report) => {
    if (args.length > 0) return args.map(word => word.text);
    report.error(at, `${name} takes the name of a program, and perhaps its arguments`);
    return undefined;
  },
};

/** The keywords of vrrp_track_process. */
export const TRACK_PROCESS = partsOf({
  process: commandLine,
  param_match: choice(['initial', 'partial'], {
    means: 'the arguments are only the first ones, or only their beginning',
    otherwise: 'all of them',
  }),
  full_command: bare({ means: 'looks at the whole command line, not only at the name' }),
  weight: weight(254, {
    means: 'what it adds to the priority, or takes from it; with 0 the instance fails with it',
    default: '0',
    otherwise: '0',
  }),
  quorum: integer(1, MOST_PROCESSES, {
    means: 'how many there must be at least',
    default: '1',
    otherwise: '1',
  }),
  quorum_max: integer(0, MOST_PROCESSES, {
    means: 'how many there may be at most',
    otherwise: 'no limit',
  }),
  fork_delay: processDelay('seconds that there must be enough of them before that counts'),
  terminate_delay: processDelay('seconds that there must be too few of them before that counts'),
  delay: processDelay('both fork_delay and terminate_delay'),
} satisfies Keywords);

const trackFile = notYet(
  named(TRACK_FILE, { means: 'a file with a number that others add to their priority' }),
  'no file is watched',
  decidedByTheRest,
);

/** The keywords of the file's top level. */
export const TRACKED = {
  track_file: trackFile,
  vrrp_track_file: otherName(trackFile, 'track_file'),
  vrrp_track_process: notYet(
    named(TRACK_PROCESS, { means: 'a program that must run' }),
    'no process is watched',
    decidedByTheRest,
  ),
} satisfies Keywords;

/** What was read of one of them. */
export type TrackFileValues = Values<typeof TRACK_FILE>;
