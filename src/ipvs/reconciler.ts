import type { IpvsPort } from '../ports/ipvs.js';
import { diff, type IpvsOp } from './core/diff.js';
import { parseSave, toBatch, toLine } from './core/ipvsadm.js';
import type { Refused } from './core/refusals.js';
import type { IpvsTable, ServiceKey } from './core/table.js';

/** How many lines of one pass are tried alone; each costs a look and two runs of ipvsadm. */
const MOST_ALONE = 8;

/** Said of an op that ipvsadm took without a word and that is not in the table all the same. */
const NO_WORDS = 'ipvsadm said nothing';

/** What one pass found and did. */
export interface Pass {
  /** The table as it was before. */
  readonly before: IpvsTable;
  /** The table as it was last seen. */
  readonly after: IpvsTable;
  /** What was changed, as the last look confirmed. */
  readonly applied: readonly IpvsOp[];
  /** What was tried and is not there. */
  readonly refused: readonly Refused[];
  /** Everything that is not as desired: refused ops and those that were held back. */
  readonly missing: readonly IpvsOp[];
}

/** What a pass works towards. */
export interface Aim {
  readonly desired: IpvsTable;
  /** Services that may be deleted when they are not desired. */
  readonly owned: ReadonlySet<ServiceKey>;
  /** Is the op to be tried in this pass? Refused ones wait. */
  readonly mayTry: (op: IpvsOp) => boolean;
}

/**
 * One pass: look, diff, apply as one batch, look again.
 *
 * The second look is the only truth. `ipvsadm --restore` (1.31) is no transaction: it goes on after a line that the
 * kernel refused and exits 0 when only the last line worked, but it ends at a line that it finds senseless itself, and
 * the lines behind that are not even tried. So what is missing after the second look is taken apart: its first line
 * alone, to hear what ipvsadm has to say of it, then the rest again.
 *
 * @throws what the port throws
 */
export async function reconcile(port: IpvsPort, aim: Aim): Promise<Pass> {
  const before = parseSave(await port.save());
  const tried = diff(aim.desired, before, aim.owned).filter(aim.mayTry);
  if (tried.length === 0) {
    return { before, after: before, applied: [], refused: [], missing: diff(aim.desired, before, aim.owned) };
  }
  const words = await port.restore(toBatch(tried));
  const tables = { before, observed: parseSave(await port.save()) };
  const suspects = await takeApart(port, aim, tried, tables, words);
  const missing = diff(aim.desired, tables.observed, aim.owned);
  const absent = new Set(missing.map(toLine));
  return {
    before,
    after: tables.observed,
    applied: tried.filter(op => !absent.has(toLine(op))),
    refused: suspects.filter(({ op }) => absent.has(toLine(op))),
    missing,
  };
}

/**
 * Tries what is still missing of `tried`, its first line alone and the rest as a batch, until each line is in the table
 * or has been heard alone. The last look is left in `tables`.
 * @returns the lines heard alone, and those that could not be taken without them
 */
async function takeApart(
  port: IpvsPort,
  aim: Aim,
  tried: readonly IpvsOp[],
  tables: { observed: IpvsTable },
  words: string,
): Promise<readonly Refused[]> {
  const unsettled = new Set(tried.map(toLine));
  const suspects: Refused[] = [];
  for (let alone = 0; ; alone++) {
    const open = diff(aim.desired, tables.observed, aim.owned).filter(op => unsettled.has(toLine(op)));
    const [first, ...rest] = open;
    if (first === undefined) return suspects;
    if (alone === MOST_ALONE) return [...suspects, ...open.map(op => ({ op, words: lastLine(words) }))];
    const said = await port.restore(toBatch([first]));
    const doomed = (op: IpvsOp): boolean => said !== '' && needs(op, first);
    const others = rest.filter(op => !doomed(op));
    if (others.length > 0) words = await port.restore(toBatch(others));
    tables.observed = parseSave(await port.save());
    for (const op of [first, ...rest.filter(doomed)]) {
      unsettled.delete(toLine(op));
      suspects.push({ op, words: said === '' ? NO_WORDS : said });
    }
  }
}

/** Can `op` not succeed where `first`, which adds its service, was refused? */
const needs = (op: IpvsOp, first: IpvsOp): boolean =>
  first.op === 'addService' && op.op === 'addServer' && op.key === first.key;

const lastLine = (text: string): string => text.trimEnd().split('\n').at(-1) || NO_WORDS;
