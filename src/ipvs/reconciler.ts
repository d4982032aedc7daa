import type { IpvsPort } from '../ports/ipvs.js';
import { apply, holds } from './core/apply.js';
import { diff, type IpvsOp } from './core/diff.js';
import { isShown, parseGlance } from './core/glance.js';
import { parseSave, toBatch, toLine } from './core/ipvsadm.js';
import type { Refused } from './core/refusals.js';
import type { IpvsTable, ServiceEntry, ServiceKey } from './core/table.js';

/** How many lines of one pass are tried alone; each costs a look and two runs of ipvsadm. */
const MOST_ALONE = 8;

/** Said of an op that ipvsadm took without a word and that is not in the table all the same. */
const NO_WORDS = 'ipvsadm said nothing';

/** What one pass found and did. */
export interface Pass {
  /** The table that the ops were made for. */
  readonly before: IpvsTable;
  /** The table as it is now: as it was last seen, or, where a glance was enough, `before` with what was done. */
  readonly after: IpvsTable;
  /** What was changed, as the last look confirmed. */
  readonly applied: readonly IpvsOp[];
  /** What was tried and is not there. */
  readonly refused: readonly Refused[];
  /** Everything that is not as desired: refused ops and those that were held back. */
  readonly missing: readonly IpvsOp[];
  /** Was the whole table looked at again? */
  readonly looked: boolean;
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
 * What a pass does once it knows the table: diff, apply as one batch, look again.
 *
 * The second look is the only truth. `ipvsadm --restore` (1.31) is no transaction: it goes on after a line that the
 * kernel refused and exits 0 when only the last line worked, but it ends at a line that it finds senseless itself, and
 * the lines behind that are not even tried. So what is missing after the second look is taken apart: its first line
 * alone, to hear what ipvsadm has to say of it, then the rest again.
 *
 * A look at a large table takes far longer than a change to it. So where ipvsadm had nothing to say, the second look
 * is a glance at what was changed, if a glance shows all of that. Anything but success is looked at in full.
 *
 * @param before the table as it was last seen. What somebody else has done since then is found where it is in the way
 *   of a line, and otherwise left to the next pass that begins with a look
 * @throws what the port throws
 */
export async function reconcile(port: IpvsPort, aim: Aim, before: IpvsTable): Promise<Pass> {
  const wanted = diff(aim.desired, before, aim.owned);
  const tried = wanted.filter(aim.mayTry);
  const words = tried.length === 0 ? '' : await port.restore(toBatch(tried));
  if (tried.length === 0 || (words === '' && (await isSeen(port, tried, before)))) {
    const missing = wanted.filter(op => !aim.mayTry(op));
    return { before, after: apply(before, tried), applied: tried, refused: [], missing, looked: false };
  }
  const work: Work = { before: new Map(before), observed: parseSave(await port.save()), attempts: new Map() };
  note(work, tried);
  const suspects = await takeApart(port, aim, work, words);
  const missing = diff(aim.desired, work.observed, aim.owned);
  const absent = new Set(missing.map(toLine));
  return {
    before: work.before,
    after: work.observed,
    applied: [...work.attempts.values()].filter(op => holds(op, work.observed)),
    refused: suspects.filter(({ op }) => absent.has(toLine(op))),
    missing,
    looked: true,
  };
}

/** @returns whether a glance shows that everything was done; false also where it cannot show that. */
async function isSeen(port: IpvsPort, ops: readonly IpvsOp[], before: IpvsTable): Promise<boolean> {
  if (!ops.every(op => isShown(op, before))) return false;
  const text = await port.glance();
  if (text === undefined) return false;
  const table = parseGlance(text, new Set(ops.map(op => op.key)));
  return ops.every(op => holds(op, table));
}

/** What is going on while a batch is taken apart. */
interface Work {
  /** The table that each op was made for. */
  readonly before: Map<ServiceKey, ServiceEntry>;
  /** The last look. */
  observed: IpvsTable;
  /** The last op that was tried on each service and each server. */
  readonly attempts: Map<string, IpvsOp>;
}

function note({ attempts }: Work, ops: readonly IpvsOp[]): void {
  for (const op of ops) attempts.set('server' in op ? `${op.key} ${op.server}` : op.key, op);
}

/** Ops that the second look gave rise to, since the table was not as it was thought to be. */
function noteNew({ before, observed, attempts }: Work, ops: readonly IpvsOp[]): void {
  const known = new Set([...attempts.values()].map(toLine));
  for (const op of ops) {
    if (known.has(toLine(op))) continue;
    const service = observed.get(op.key);
    if (service === undefined) before.delete(op.key);
    else before.set(op.key, service);
  }
}

/**
 * Tries what is still missing, its first line alone and the rest as a batch, until each line is in the table or has
 * been heard alone.
 * @returns the lines heard alone, and those that could not be taken without them
 */
async function takeApart(port: IpvsPort, aim: Aim, work: Work, words: string): Promise<readonly Refused[]> {
  const heard = new Set<string>();
  const suspects: Refused[] = [];
  for (let alone = 0; ; alone++) {
    const open = diff(aim.desired, work.observed, aim.owned).filter(
      op => aim.mayTry(op) && !heard.has(toLine(op)),
    );
    const [first, ...rest] = open;
    if (first === undefined) return suspects;
    if (alone === MOST_ALONE) return [...suspects, ...open.map(op => ({ op, words: lastLine(words) }))];
    noteNew(work, open);
    note(work, open);
    const said = await port.restore(toBatch([first]));
    const doomed = (op: IpvsOp): boolean => said !== '' && needs(op, first);
    const others = rest.filter(op => !doomed(op));
    if (others.length > 0) words = await port.restore(toBatch(others));
    work.observed = parseSave(await port.save());
    for (const op of [first, ...rest.filter(doomed)]) {
      heard.add(toLine(op));
      suspects.push({ op, words: said === '' ? NO_WORDS : said });
    }
  }
}

/** Can `op` not succeed where `first`, which adds its service, was refused? */
const needs = (op: IpvsOp, first: IpvsOp): boolean =>
  first.op === 'addService' && op.op === 'addServer' && op.key === first.key;

const lastLine = (text: string): string => text.trimEnd().split('\n').at(-1) || NO_WORDS;
