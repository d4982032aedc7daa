import { BFD_TOP } from '../bfd/keywords/session.js';
import { IPVS_GLOBAL } from '../ipvs/keywords/globals.js';
import { IPVS_TOP } from '../ipvs/keywords/service.js';
import { readBlock, type Keywords, type Values } from '../lib/keyword.js';
import { block } from '../lib/keyword-kinds.js';
import { VRRP_GLOBAL } from '../vrrp/keywords/globals.js';
import { VRRP_TOP } from '../vrrp/keywords/vrrp.js';
import { AGENT_TOP, IDENTITY } from './keywords/agent.js';
import { MONITORING } from './keywords/monitoring.js';
import { PROCESS } from './keywords/processes.js';

/** The keywords of `global_defs`. */
export const GLOBAL_DEFS = {
  ...VRRP_GLOBAL,
  ...IPVS_GLOBAL,
  ...IDENTITY,
  ...PROCESS,
  ...MONITORING,
} satisfies Keywords;

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
  ...BFD_TOP,
  ...IPVS_TOP,
} satisfies Keywords;
