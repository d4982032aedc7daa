import { IPVS_GLOBAL, IPVS_TOP } from '../ipvs/keywords/service.js';
import { readBlock, type Keyword, type Keywords, type Values } from '../lib/keyword.js';
import { block, ignored, refused, word } from '../lib/keyword-kinds.js';
import { VRRP_GLOBAL, VRRP_TOP } from '../vrrp/keywords/vrrp.js';

const noMail = (takes: string, means: string): Keyword<true> =>
  ignored(takes, 'not supported', means, 'no mail is sent');

/** The keywords of `global_defs` that are about the agent as a whole. */
const AGENT_GLOBAL = {
  router_id: word('a name', { means: 'names this router to people; it has no effect on the wire' }),
  notification_email: noMail('a block of addresses', 'whom mail is sent to'),
  notification_email_from: noMail('an address', 'who mail is from'),
  smtp_server: noMail('a host', 'who takes mail'),
  smtp_connect_timeout: noMail('seconds', 'how long to wait for it'),
  smtp_helo_name: noMail('a name', 'how to greet it'),
} satisfies Keywords;

/** The keywords of the file's top level that are about the agent as a whole. */
const AGENT_TOP = {
  net_namespace: refused('a name', 'moves the agent into a network namespace'),
  bfd_instance: refused('a name and a block', 'watches a neighbour by BFD'),
} satisfies Keywords;

/** The keywords of `global_defs`. */
export const GLOBAL_DEFS = { ...AGENT_GLOBAL, ...VRRP_GLOBAL, ...IPVS_GLOBAL } satisfies Keywords;

/** The keywords of the file's top level: every other table is within one of these. */
export const TOP = {
  ...AGENT_TOP,
  /** Several blocks count as one; in a later one a keyword stands above what an earlier one said. */
  global_defs: block<Values<typeof GLOBAL_DEFS>>(
    'a block',
    { means: 'defaults for everything else; it counts wherever it stands', within: GLOBAL_DEFS },
    (statement, body, report, before) => {
      const { value, at } = readBlock(GLOBAL_DEFS, body, 'global_defs', statement.keyword.at, report);
      return { value: { ...before?.value, ...value }, at: { ...before?.at, ...at } };
    },
  ),
  ...VRRP_TOP,
  ...IPVS_TOP,
} satisfies Keywords;
