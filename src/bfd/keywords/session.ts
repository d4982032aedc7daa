import { readBlock, type Keyword, type Keywords, type Values } from '../../lib/keyword.js';
import { address } from '../../lib/keyword-address.js';
import { arg, bare, block, integer, notYet, one } from '../../lib/keyword-kinds.js';
import { otherName, partsOf } from '../../lib/keyword-rows.js';
import { weight } from '../../lib/keyword-weight.js';
import type { Place, Report } from '../../lib/problem.js';

/** The longest time that keepalived counts, and how long a name it can keep. */
const LONGEST_MS = 4294967;
const LONGEST_NAME = 31;
const MOST_WEIGHT = 253;

/** Milliseconds, of which keepalived reads three decimals. */
const milliseconds = (least: number, means: string, usual: string): Keyword<number> =>
  one(
    `milliseconds from ${least} to ${LONGEST_MS}`,
    text => {
      const value = /^(\d+(\.\d*)?|\.\d+)$/.test(text) ? Number(text) : NaN;
      return value >= least && value <= LONGEST_MS ? value : undefined;
    },
    { means, default: usual, otherwise: usual },
  );

const neighbour = address({ means: 'the neighbour that is watched', otherwise: 'none' });
const hops = (means: string, usual: string): Keyword<number> =>
  integer(1, 255, { means, default: usual, otherwise: usual });

/** The keywords of bfd_instance. */
export const BFD_INSTANCE = partsOf({
  neighbor_ip: neighbour,
  neighbour_ip: otherName(neighbour, 'neighbor_ip'),
  source_ip: address({ means: 'source address of the packets', otherwise: 'what the kernel chooses' }),
  min_rx: milliseconds(1, 'how often packets may come', '10'),
  min_tx: milliseconds(1, 'how often packets go', '10'),
  idle_tx: milliseconds(1000, 'how often packets go while the session is down', '1000'),
  multiplier: integer(1, 255, {
    means: 'packets that may be missed before the session is down',
    default: '5',
    otherwise: '5',
  }),
  passive: bare({ means: 'the neighbour has to begin' }),
  ttl: hops('TTL of the packets', '255'),
  hoplimit: hops('hop limit of the packets in IPv6', '64'),
  max_hops: integer(-1, 255, {
    means: 'hops that a packet may have come by',
    default: '0',
    otherwise: '0',
  }),
  multihop: bare({ means: 'port 4784, for neighbours that are not next to each other' }),
  weight: weight(MOST_WEIGHT, {
    means: 'what the session counts for priorities; 0 means FAULT while it is down',
    default: '0',
    otherwise: '0',
  }),
  vrrp: bare({ means: 'only VRRP is told' }),
  checker: bare({ means: 'only the checks are told' }),
}) satisfies Keywords;

/** A bfd_instance as it stands in the file. */
export interface SessionDraft {
  readonly name: string;
  readonly at: Place;
  readonly values: Values<typeof BFD_INSTANCE>;
}

/** The keyword of the file's top level that is about BFD. */
export const BFD_TOP = {
  bfd_instance: notYet(
    block<readonly SessionDraft[]>(
      'a name and a block',
      { means: 'a session by BFD (RFC 5880) with a neighbour', within: BFD_INSTANCE },
      (statement, body, report, before = []) => {
        const { at } = statement.keyword;
        const name = arg(statement, 0, 'a name and a block', report);
        const { text } = name.ok ? name.value : { text: '' };
        const block = `bfd_instance ${text}`.trim();
        const values = readBlock(BFD_INSTANCE, body, block, at, report);
        if (!name.ok) return before;
        const draft = { name: text, at: name.value.at, values };
        return isUsable(draft, before, report) ? [...before, draft] : before;
      },
    ),
    'there is no session, and the neighbour sees this router as down',
  ),
} satisfies Keywords;

/** keepalived leaves a session out that it cannot make anything of, and so is it here. */
function isUsable(
  { name, at, values }: SessionDraft,
  before: readonly SessionDraft[],
  report: Report,
): boolean {
  const wrong = wrongWith(name, values, before);
  if (wrong !== undefined) {
    report.warn(at, `bfd_instance ${name} ${wrong}; keepalived leaves it out`);
  }
  return wrong === undefined;
}

function wrongWith(
  name: string,
  { value }: SessionDraft['values'],
  before: readonly SessionDraft[],
): string | undefined {
  const { neighbor_ip: theirs, source_ip: ours } = value;
  const same = before.find(other => other.name === name);
  if (same !== undefined) return `is there a second time, the first is in line ${same.at.line}`;
  if (name.length > LONGEST_NAME) return `has a name of more than ${LONGEST_NAME} characters`;
  if (theirs === undefined) return 'has no neighbor_ip';
  const twin = before.find(other => other.values.value.neighbor_ip === theirs);
  if (twin !== undefined) return `has the same neighbour as bfd_instance ${twin.name}`;
  if (ours !== undefined && ours.includes(':') !== theirs.includes(':')) {
    return 'has a source_ip of another family than its neighbour';
  }
  return undefined;
}
