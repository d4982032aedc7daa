import type { Keywords } from '../lib/keyword.js';
import type { Place, Report } from '../lib/problem.js';
import type { Token } from './lex.js';

type WordToken = Token & { readonly type: 'word' };
type BraceToken = Token & { readonly type: 'open' | 'close' };

/** The first word of a statement. */
interface First {
  readonly word: WordToken;
  readonly beginsLine: boolean;
}

/** A block that is open where the reader stands. */
interface Block {
  readonly keyword: WordToken;
  /** Where its keyword stands, if that begins a line. */
  readonly column: number | undefined;
  /** Where the first line within it begins. */
  inner: number | undefined;
  /** What it knows; undefined when nobody knows it, or when it has no keywords. */
  readonly table: Keywords | undefined;
}

/**
 * Makes every brace find its partner. keepalived counts them, says that some are missing, and runs whatever comes of
 * it. Here the keywords and the indentation tell which block lacks its brace, so that what stands behind it is read
 * as it was meant, and only the brace is complained of. What keepalived takes as we do is a warning.
 * @param top what the file's top level knows
 * @returns tokens whose braces match, but for a `{` without a keyword
 */
export function matchBraces(tokens: readonly Token[], top: Keywords, report: Report): readonly Token[] {
  const { unclosed, unopened } = countBraces(tokens);
  return unclosed + unopened === 0 ? tokens : new Repair(tokens, top, unclosed, unopened, report).run();
}

/** How many `{` and `}` have no partner when they are only counted. */
function countBraces(tokens: readonly Token[]): { readonly unclosed: number; readonly unopened: number } {
  let unclosed = 0;
  let unopened = 0;
  for (const { type } of tokens) {
    if (type === 'open') unclosed++;
    else if (type === 'close' && unclosed > 0) unclosed--;
    else if (type === 'close') unopened++;
  }
  return { unclosed, unopened };
}

class Repair {
  readonly #tokens: readonly Token[];
  readonly #top: Keywords;
  readonly #report: Report;
  /** How many of each are still to be found. */
  #unclosed: number;
  #unopened: number;
  readonly #out: Token[] = [];
  readonly #open: Block[] = [];
  /** The tables of open blocks, and of how many each is: a file may open more blocks than anybody would look through. */
  readonly #tables = new Map<Keywords, number>();
  /** The block that was closed last, if nothing has stood behind it. */
  #closed: Block | undefined;
  /** Is the file read otherwise than keepalived reads it? */
  #guessed = false;
  /** Does something stand outside all blocks that belongs into one? */
  #lost = false;

  constructor(tokens: readonly Token[], top: Keywords, unclosed: number, unopened: number, report: Report) {
    this.#tokens = tokens;
    this.#top = top;
    this.#unclosed = unclosed;
    this.#unopened = unopened;
    this.#report = report;
  }

  run(): readonly Token[] {
    let first: First | undefined;
    for (const [index, token] of this.#tokens.entries()) {
      switch (token.type) {
        case 'word':
          if (first === undefined) {
            first = { word: token, beginsLine: this.#beginsLine(index) };
            this.#closeBefore(first);
            if (this.#open.length === 0 && !isIn(token.text, this.#top)) this.#lost = true;
          }
          this.#closed = undefined;
          this.#out.push(token);
          break;
        case 'newline':
          if (first !== undefined && !this.#opensNext(index)) {
            if (this.#lacksOpen(first.word, index)) this.#insertOpen(first);
            first = undefined;
          }
          this.#out.push(token);
          break;
        case 'comment':
          this.#out.push(token);
          break;
        case 'open':
          this.#takeOpen(token, first);
          first = undefined;
          break;
        case 'close':
          first = undefined;
          this.#takeClose(token, this.#beginsLine(index));
          break;
      }
    }
    this.#closeAll();
    return this.#out;
  }

  /** A statement that this block does not know, and one around it does, or that stands too far left, is not in it. */
  #closeBefore({ word, beginsLine }: First): void {
    for (let block = this.#open.at(-1); block && this.#unclosed > 0; block = this.#open.at(-1)) {
      const { column, inner, table } = block;
      const isLeft =
        column !== undefined && inner !== undefined && inner > column && word.at.column <= column;
      const isElsewhere = !isIn(word.text, table) && this.#isKnownAround(word.text);
      if (!(beginsLine && isLeft) && !isElsewhere) break;
      this.#insertClose(block, word.at);
    }
    const block = this.#open.at(-1);
    if (beginsLine && block !== undefined) block.inner ??= word.at.column;
  }

  #isKnownAround(text: string): boolean {
    if (isIn(text, this.#top)) return true;
    for (const table of this.#tables.keys()) if (isIn(text, table)) return true;
    return false;
  }

  #takeOpen(token: BraceToken, first: First | undefined): void {
    if (first === undefined && this.#unclosed > 0) {
      this.#unclosed--;
      this.#guessed = true;
      this.#report.error(token.at, 'this { has no keyword before it', 'take it away');
      return;
    }
    this.#enter(first ?? { word: { type: 'word', text: '{', at: token.at }, beginsLine: false });
    this.#out.push(token);
  }

  #enter({ word, beginsLine }: First): void {
    const column = beginsLine ? word.at.column : undefined;
    const table = this.#row(word.text)?.within;
    this.#open.push({ keyword: word, column, inner: undefined, table });
    if (table !== undefined) this.#tables.set(table, (this.#tables.get(table) ?? 0) + 1);
  }

  #leave(): Block | undefined {
    const block = this.#open.pop();
    if (block?.table === undefined) return block;
    const others = (this.#tables.get(block.table) ?? 1) - 1;
    if (others > 0) this.#tables.set(block.table, others);
    else this.#tables.delete(block.table);
    return block;
  }

  #takeClose(token: BraceToken, beginsLine: boolean): void {
    const { at } = token;
    if (beginsLine) {
      for (let block = this.#open.at(-1); block && this.#unclosed > 0; block = this.#open.at(-1)) {
        if (block.column === undefined || at.column >= block.column) break;
        this.#insertClose(block, at);
      }
    }
    const block = this.#open.at(-1);
    if (block === undefined) {
      this.#unopened--;
      const message = 'this } closes nothing';
      if (this.#guessed || this.#lost) {
        this.#report.error(at, message, 'take it away, or look above it for another');
      } else this.#report.warn(at, `${message}; it is passed over, as by keepalived`, 'take it away');
      return;
    }
    // Twice in the same column, or in that of the block's own lines: it closes what nobody meant.
    const isSecond = this.#closed?.column === at.column || block.inner === at.column;
    if (this.#unopened > 0 && beginsLine && isSecond && at.column !== block.column) {
      this.#unopened--;
      this.#guessed = true;
      this.#report.error(
        at,
        `this } is one too many: it would close ${nameOf(block).replace(/,$/, '')}`,
        'take it away',
      );
      return;
    }
    this.#closed = this.#leave();
    this.#out.push(token);
  }

  #insertClose(block: Block, before: Place): void {
    this.#leave();
    this.#unclosed--;
    this.#guessed = true;
    this.#out.push({ type: 'close', at: before });
    const hint = `add a } before line ${before.line}`;
    this.#report.error(block.keyword.at, `the block of ${nameOf(block)} is not closed`, hint);
  }

  #insertOpen(first: First): void {
    const { at, text } = first.word;
    this.#unopened--;
    this.#guessed = true;
    this.#enter(first);
    this.#out.push({ type: 'open', at });
    this.#report.error(at, `${text} has no {`, 'write { behind it');
  }

  /** Is a block missing behind this statement? The next line tells, by its keyword or by its indentation. */
  #lacksOpen(statement: WordToken, newline: number): boolean {
    if (this.#unopened === 0) return false;
    const next = this.#tokens.slice(newline, newline + 9).find(token => token.type === 'word');
    if (next === undefined) return false;
    const row = this.#row(statement.text);
    if (row !== undefined && row.block !== true) return false;
    const own = this.#open.at(-1);
    const table = own === undefined ? this.#top : own.table;
    if (isIn(next.text, row?.within) && !isIn(next.text, table)) return true;
    return (
      statement.at.column === (own === undefined ? 1 : own.inner) && next.at.column > statement.at.column
    );
  }

  /** What is open at the end lacks its braces there, as far as anybody can tell, unless the file breaks off. */
  #closeAll(): void {
    const breaksOff =
      this.#tokens.findLast(({ type }) => type === 'word' || type === 'close')?.type === 'word';
    for (let block = this.#leave(); block !== undefined; block = this.#leave()) {
      const { at } = block.keyword;
      this.#out.push({ type: 'newline' }, { type: 'close', at });
      const message = `the block of ${nameOf(block)} is not closed`;
      const hint = 'add a } at the end';
      if (this.#guessed) this.#report.error(at, message, hint);
      else if (breaksOff) this.#report.error(at, `${message}; the file breaks off`, hint);
      else {
        this.#report.warn(at, `${message}; the end of the file is taken for its }, as by keepalived`, hint);
      }
    }
  }

  #row(text: string): Keywords[string] | undefined {
    const block = this.#open.at(-1);
    const table = block === undefined ? this.#top : block.table;
    return table !== undefined && Object.hasOwn(table, text) ? table[text] : undefined;
  }

  #beginsLine(index: number): boolean {
    const before = this.#tokens[index - 1];
    return before === undefined || before.type === 'newline' || before.type === 'comment';
  }

  /** Is a `{` the next thing behind the end of a line that is no comment? */
  #opensNext(newline: number): boolean {
    let next = newline + 1;
    while (this.#tokens[next]?.type === 'comment') next++;
    return this.#tokens[next]?.type === 'open';
  }
}

/** @returns is it a keyword there? False for a block that has no keywords, too. */
const isIn = (text: string, table: Keywords | undefined): boolean =>
  table !== undefined && Object.hasOwn(table, text);

const nameOf = ({ keyword }: Block): string => `${keyword.text}, opened in line ${keyword.at.line},`;
