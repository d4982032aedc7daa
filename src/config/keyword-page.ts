import type { Effect, Keyword, Keywords } from '../lib/keyword.js';

const STATES = ['acted on', 'harmless', 'not supported'] as const satisfies readonly Effect[];

/** One keyword of one block, as data: what an editor needs to know of it. */
export interface KeywordEntry {
  readonly name: string;
  /** The arguments in words. */
  readonly takes: string;
  /** The words that may be written, where there are only so many. */
  readonly words: readonly string[] | null;
  /** What counts where it is left out, as it would be written. */
  readonly default: string | null;
  readonly required: boolean;
  readonly means: string;
  readonly aliasOf: string | null;
  readonly state: Effect;
  /** Of one that is not supported: is a file that has it refused? */
  readonly refused: boolean;
  /** How things are here, where it is not acted on. */
  readonly here: string | null;
  /** Has it a block, or may it have one? */
  readonly block: boolean;
}

/** The keywords of one block. The same block may be in several places. */
export interface BlockEntry {
  /** The keywords around it, outermost first, for each place; of the top level, none. */
  readonly paths: readonly (readonly string[])[];
  /** Are these no keywords, but words that may stand behind the first word of its lines? */
  readonly options: boolean;
  readonly keywords: readonly KeywordEntry[];
}

/** A table that is within others, and where. */
interface Found {
  readonly table: Keywords;
  readonly options: boolean;
  readonly paths: (readonly string[])[];
}

/** @returns every block that the table of the top level leads to, each once, the outer before the inner */
export function describeKeywords(top: Keywords): readonly BlockEntry[] {
  const found = new Map<Keywords, Found>();
  walk(top, [], false, found);
  return [...found.values()].map(({ table, options, paths }) => ({
    paths,
    options,
    keywords: Object.entries(table).map(([name, keyword]) => entryOf(name, keyword)),
  }));
}

function walk(table: Keywords, path: readonly string[], options: boolean, found: Map<Keywords, Found>): void {
  const known = found.get(table);
  if (known !== undefined) {
    known.paths.push(path);
    return;
  }
  found.set(table, { table, options, paths: [path] });
  for (const [name, keyword] of Object.entries(table)) {
    if (keyword.within !== undefined) walk(keyword.within, [...path, name], false, found);
    if (keyword.options !== undefined) walk(keyword.options, [...path, name], true, found);
  }
}

const entryOf = (name: string, keyword: Keyword<unknown>): KeywordEntry => ({
  name,
  takes: keyword.takes,
  words: keyword.words ?? null,
  default: keyword.default ?? null,
  required: keyword.required === true,
  means: keyword.means,
  aliasOf: keyword.aliasOf ?? null,
  state: keyword.effect,
  refused: keyword.stops === true,
  here: keyword.here ?? null,
  block: keyword.block === true,
});

const INTRO = `# Keywords

Every keyword of keepalived.conf, from the tables that the reader, its messages and the editors' description come from.
\`holdfast keywords\` prints this page, \`holdfast keywords NAME\` what is known of one keyword, and
\`holdfast keywords --json\` all of it for programs.

Each keyword is in one of these states:

| state | |
|---|---|
| acted on | it does what it does in keepalived |
| harmless | it is accepted and changes nothing here; \`holdfast check --verbose\` says so |
| not supported | it is known, and a warning says what is different here; what is in a block that is not supported is read, and the block says it |
| not supported, refused | and a file that has it is not used, since half of it would harm clients |

Where a line begins with an address or a name, what may stand behind that is in a table of options, not counted here.
A value that keepalived passes over, going on with another, is a warning that says which, and the same counts here.
`;

/** @returns the page docs/keywords.md */
export function keywordPage(top: Keywords): string {
  const blocks = describeKeywords(top);
  return [INTRO, countTable(blocks), ...blocks.map(blockSection)].join('\n');
}

/** How many keywords are in which state: of each block of the top level with all that is in it, and of everything. */
function countTable(blocks: readonly BlockEntry[]): string {
  const rows = new Map<string, KeywordEntry[]>();
  const counted = blocks.filter(block => !block.options);
  for (const { paths, keywords } of counted) {
    const name = paths[0]?.[0] ?? 'top level';
    rows.set(name, [...(rows.get(name) ?? []), ...keywords]);
  }
  const line = (name: string, keywords: readonly KeywordEntry[]): string => {
    const counts = [
      ...STATES.map(state => keywords.filter(k => k.state === state).length),
      keywords.filter(k => k.refused).length,
    ];
    return `| ${[name, keywords.length, ...counts].join(' | ')} |`;
  };
  return [
    `| | keywords | ${STATES.join(' | ')} | of these refused |`,
    '|---|---|---|---|---|---|',
    ...[...rows].map(([name, keywords]) => line(name, keywords)),
    line(
      '**all**',
      counted.flatMap(block => block.keywords),
    ),
    '',
  ].join('\n');
}

function blockSection({ paths, options, keywords }: BlockEntry): string {
  const [first = '', ...others] = paths.map(path => path.map(name => `\`${name}\``).join(' › '));
  const title = first === '' ? 'Top level' : first;
  return [
    `## ${title}${options ? ': options' : ''}`,
    '',
    ...(others.length === 0 ? [] : [`Also in ${others.join(', ')}.`, '']),
    '| keyword | takes | default | means | state |',
    '|---|---|---|---|---|',
    ...keywords.map(keywordLine),
    '',
  ].join('\n');
}

function keywordLine(keyword: KeywordEntry): string {
  const { name, takes, default: usual, required, means } = keyword;
  const counts = required ? 'required' : usual === null ? '' : `\`${usual}\``;
  return `| ${[`\`${name}\``, takes, counts, means, stateOf(keyword)]
    .map(cell => cell.replaceAll('|', '\\|'))
    .join(' | ')} |`;
}

const stateOf = ({ state, refused, here }: KeywordEntry): string =>
  `${state}${refused ? ', refused' : ''}${here === null ? '' : `: ${here}`}`;

/** @returns what is known of a keyword in every block that has it, as paragraphs; undefined when there is none */
export function keywordHelp(top: Keywords, name: string): string | undefined {
  const paragraphs = describeKeywords(top).flatMap(({ paths, keywords }) => {
    const keyword = keywords.find(k => k.name === name);
    return keyword === undefined ? [] : [paragraph(keyword, paths)];
  });
  return paragraphs.length === 0 ? undefined : paragraphs.join('\n');
}

function paragraph(keyword: KeywordEntry, paths: BlockEntry['paths']): string {
  const where = paths.map(path => (path.length === 0 ? 'the top level' : path.join(' › '))).join(', ');
  return [
    `${keyword.name} in ${where}`,
    `  means    ${keyword.means}`,
    `  takes    ${keyword.takes}`,
    ...(keyword.default === null ? [] : [`  default  ${keyword.default}`]),
    `  here     ${stateOf(keyword)}`,
    '',
  ].join('\n');
}
