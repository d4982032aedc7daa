import assert from 'node:assert/strict';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { skip } from '../skip.js';
import { DIFFERENCES, readCorpus, writeCase, type Difference } from './corpus.js';
import {
  askHoldfast,
  askKeepalived,
  ourWord,
  outcome,
  theirWord,
  type Asked,
  type Outcome,
  type OurVerdict,
  type TheirVerdict,
} from './verdict.js';

/** Debian's keepalived package brings them; they are read where they are. */
const SAMPLES = '/usr/share/doc/keepalived/samples';

/** Why a sample's verdict differs. */
const SAMPLE_DIFFERENCES: Readonly<Record<string, Difference>> = {
  'keepalived.conf.vrrp.rules': {
    ours: 'refused',
    since: 'keepalived leaves two rules out, for a slip in their addresses',
    forNow: false,
  },
};

/** One row of the table. */
interface Row extends Asked {
  readonly theme: string;
  readonly name: string;
  readonly difference: Difference | undefined;
}

const corpus = readCorpus();
const themes = [...new Set(corpus.map(c => c.theme))];

/** Both say what they think of each file; the table shows it. */
describe('verdicts on configurations, beside keepalived', function () {
  this.timeout(300_000);
  let folder: string;
  const rows: Row[] = [];
  let theirs: readonly TheirVerdict[] = [];
  let ours: readonly OurVerdict[] = [];

  before(async () => {
    folder = mkdtempSync('/var/tmp/holdfast-corpus.');
    for (const name of readdirSync('config')) {
      const file = join('config', name);
      rows.push({ theme: 'the guide', name, file, configId: '', difference: undefined });
    }
    for (const name of existsSync(SAMPLES) ? readdirSync(SAMPLES) : []) {
      if (!name.startsWith('keepalived.conf.')) continue;
      const difference = SAMPLE_DIFFERENCES[name];
      rows.push({ theme: 'samples', name, file: join(SAMPLES, name), configId: 'main', difference });
    }
    for (const [n, one] of corpus.entries()) {
      const own = join(folder, String(n));
      mkdirSync(own);
      rows.push({ ...one, file: writeCase(one, own) });
    }
    [theirs, ours] = await Promise.all([askKeepalived(rows), askHoldfast(rows)]);
  });
  after(() => {
    rmSync(folder, { recursive: true, force: true });
    console.log(counts(rows.map((row, i) => [outcome(theirs[i]!, ours[i]!), row.difference] as const)));
  });

  for (const theme of ['the guide', 'samples', ...themes]) {
    it(theme, function () {
      if (!rows.some(row => row.theme === theme)) skip(this, `there is no ${SAMPLES}`);
      const wrong: string[] = [];
      for (const [i, row] of rows.entries()) {
        if (row.theme !== theme) continue;
        const [their, our] = [theirs[i]!, ours[i]!];
        const result = outcome(their, our);
        const explained = row.difference?.ours === result;
        const last = explained ? row.difference.since : result;
        console.log(tableRow([row.name, theirWord(their), ourWord(our), last]));
        if (!explained && (row.difference !== undefined || isDifference(result))) {
          wrong.push(complaint(row, result, their, our));
        }
      }
      assert.equal(wrong.length, 0, `\n${wrong.join('\n')}`);
    });
  }
});

const isDifference = (result: Outcome): boolean => DIFFERENCES.some(d => d === result);

const tableRow = ([name = '', theirs = '', ours = '', reason = '']: readonly string[]): string =>
  `      ${name.padEnd(90)} ${theirs.padEnd(10)} ${ours.padEnd(8)} ${reason}`;

function complaint(row: Row, result: Outcome, their: TheirVerdict, our: OurVerdict): string {
  const head =
    row.difference === undefined
      ? `${row.theme}: ${row.name}: keepalived ${theirWord(their)}, ours: ${ourWord(our)}, and no reason is given`
      : `${row.theme}: ${row.name}: the reason is for "${row.difference.ours}", and it is "${result}"`;
  return [
    head,
    `  keepalived -t: ${their.status}, a start ${their.stays ? 'stays' : 'ends'}`,
    ...their.complaints.map(line => `    ${line}`),
    ...[...our.errors, ...our.warnings].map(text => text.replace(/^/gm, '    | ')),
  ].join('\n');
}

function counts(results: readonly (readonly [Outcome, Difference | undefined])[]): string {
  const count = (result: Outcome): number => results.filter(([one]) => one === result).length;
  return [
    `${results.length} configurations: ${count('agreed')} agreed, ${count('not supported yet')} not supported yet;`,
    `different for a reason: ${count('refused')} refused, ${count('used')} used, ${count('silent')} without a warning,`,
    `and of these for now: ${results.filter(([, difference]) => difference?.forNow).length}`,
  ]
    .join('\n')
    .replace(/^/gm, '      ');
}
