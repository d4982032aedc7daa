import { ALONE } from '../../../src/config/expand.js';
import { GLOBAL_DEFS } from '../../../src/config/keywords.js';
import { readConfig, readStatements } from '../../../src/config/read.js';
import { readBlock, type Keywords, type Values } from '../../../src/lib/keyword.js';
import { Problems, type Problem } from '../../../src/lib/problem.js';
import type { LocalInterface } from '../../../src/vrrp/config/machine.js';
import { INSTANCE_KEYWORDS } from '../../../src/vrrp/keywords/instance.js';
import { VRRP_TOP } from '../../../src/vrrp/keywords/vrrp.js';

/** What a table makes of a text: the values, and what is said, with its place. */
export interface Read<K extends Keywords> {
  readonly value: Values<K>['value'];
  readonly said: readonly string[];
}

/** Reads the lines of one block by its table. Notes, and the hint of what is not supported yet, are left out. */
export function readLines<K extends Keywords>(table: K, text: string): Read<K> {
  const problems = new Problems();
  const { statements } = readStatements('x', text, ALONE, problems);
  const at = { file: 'x', line: 1, column: 1, length: 1 };
  const { value } = readBlock(table, statements, 'the block', at, problems);
  return { value, said: problems.all.filter(p => p.severity !== 'note').map(sentence) };
}

export const readInstance = (text: string) =>
  readLines(INSTANCE_KEYWORDS, `interface eth0\nvirtual_router_id 51\n${text}`);
export const readGlobals = (text: string) => readLines(GLOBAL_DEFS, text);
export const readTop = (text: string) => readLines(VRRP_TOP, text);

/** An instance that nothing is wrong with. */
export const instance = (body = '', name = 'VI_1', vrid = 51, address = '10.0.0.13/24'): string =>
  `vrrp_instance ${name} {\ninterface eth0\nvirtual_router_id ${vrid}\nvirtual_ipaddress {\n${address}\n}\n${body}\n}\n`;

/** What is said of a whole file; `machine` is what it is compared with. */
export const said = (text: string, machine?: readonly LocalInterface[]): readonly string[] =>
  readConfig('x', text, { ...ALONE, ...(machine && { interfaces: machine }) })
    .problems.filter(p => p.severity !== 'note')
    .map(sentence);

function sentence({ severity, at, message, hint }: Problem): string {
  const own = hint === undefined || hint.startsWith('keep keepalived') ? '' : ` | ${hint}`;
  return `${severity} ${at.line}:${at.column} ${message}${own}`;
}
