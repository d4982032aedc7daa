import assert from 'node:assert/strict';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import fc from 'fast-check';
import { ALONE, type Surroundings } from '../../../src/config/expand.js';
import type { Parsed } from '../../../src/config/parse.js';
import { canonical, print } from '../../../src/config/print.js';
import { withDefaults } from '../../../src/config/defaults.js';
import { readConfig, type Reading } from '../../../src/config/read.js';
import { readSource } from '../../../src/cli/source.js';
import { beside, type Keywords, type Statement } from '../../../src/lib/keyword.js';
import { block, flag, harmless, integer, word as anyWord } from '../../../src/lib/keyword-kinds.js';
import { otherName } from '../../../src/lib/keyword-rows.js';
import { readCorpus, writeCase } from '../../interop/corpus.js';
import { skip } from '../../skip.js';

const around: Surroundings = {
  ...ALONE,
  configId: 'main',
  environment: { SITE: 'north' },
  include: (pattern, from) => {
    const file = join(dirname(from), pattern);
    return { files: existsSync(file) ? [{ file, text: readFileSync(file, 'utf8') }] : [], unreadable: [] };
  },
};
const INCLUDED = '# from the included file\ngarp_master_repeat 2 # two\n@other priority 7 # not here';
const read = (text: string) =>
  readConfig('/etc/ha.conf', text, {
    ...around,
    include: () => ({ files: [{ file: '/etc/more.conf', text: INCLUDED }], unreadable: [] }),
  });

/** Statements without their places. */
const bare = ({ keyword, args, block, comments }: Statement): unknown => ({
  words: [keyword.text, ...args.map(arg => arg.text)],
  block: block?.map(bare),
  comments,
});
const bareFile = ({ statements, end }: Parsed): unknown => ({ statements: statements.map(bare), end });

describe('config: the canonical form', () => {
  for (const [name, text, form] of [
    [
      'one statement a line, four spaces a block',
      'a   1\n\n\n  b{c 2\nd\n\n{ e } }\nf',
      'a 1\n\nb {\n    c 2\n    d {\n        e\n    }\n}\n\nf\n',
    ],
    [
      'quotes where a word needs them, and nowhere else',
      '"a" "b c" "" d\\#e f\\\\g "{" x"y z" "!" "q\\"r" "$A" $A',
      'a "b c" "" "d#e" f\\\\g "{" x "y z" "!" "q\\"r" $A $A\n',
    ],
    ['backslashes stand for themselves', 'a "b\\c d" \\ e\\ # f', 'a "b\\c d" \\ e\\ # f\n'],
    ['a backslash at the end joins nothing', 'a { b\\}', 'a {\n    b\\ #\n}\n'],
    ['quotes stay where a script would miss them', 'a "\'b\'" "c\\d" \'e f\'', 'a "\'b\'" "c\\d" \'e f\'\n'],
    ['quotes without a gap are one word', '"a ""b" c"d"', '"a b" c d\n'],
    [
      'first words that would mean more',
      '"@x" @x\n"$A=1"\n"~SEQ(A,1,3)"\n"include" x',
      '"@x" @x\n"$A=1"\n"~SEQ(A,1,3)"\n"include" x\n',
    ],
    ['what keepalived would put in', 'a "$""_PWD" "$""{_ENV SITE}"', 'a "$""_PWD" "$""{_ENV SITE}"\n'],
    [
      'parameters, @id lines, ~SEQ and ~LST are resolved',
      '$A=1\n@main a ${A} ${_ENV SITE}\n@other b\n~SEQ(N,1,2) n${N}\n~LST(L,x,y) $L',
      'a 1 north\nn1\nn2\nx\ny\n',
    ],
    ['lines that go on are joined', 'a \\\n  b \\\n c\nd', 'a b c\nd\n'],
    [
      'included files are merged, with their comments',
      'a {\ninclude more.conf # more\nb\n}',
      'a {\n    # more\n    # from the included file\n    garp_master_repeat 2 # two\n    b\n}\n',
    ],
    [
      'comments above, behind, and at the end',
      '# one\n  ! two\na 1   # three  \n\n# four',
      '# one\n! two\na 1 # three\n\n# four\n',
    ],
    [
      'comments around a block',
      '#0\na#1\n{#2\n#3\nb}#4\nc { #5\n#6\n} #7',
      '#0\na { #1\n    #2\n    #3\n    b\n} #4\n\nc { #5\n    #6\n} #7\n',
    ],
    ['a comment on a brace that has a line for itself', 'a\n# why\n{\nb\n}', 'a {\n    # why\n    b\n}\n'],
    ['nothing is put into comments', '$A=1\na # $A ${A} ${_PWD}\n# $A', 'a # $A ${A} ${_PWD}\n\n# $A\n'],
    ['a # in quotes begins no comment', 'a "b # c" \\#d # "e', 'a "b # c" "#d" # "e\n'],
    [
      'comments of dropped lines go, comments of definitions stay',
      '@other a # a\n@main b # b\n$A=1 # c\nd $A',
      'b # b\n# c\nd 1\n',
    ],
    ['a repeated line has its comment once', '~SEQ(N,1,3) n${N} # all', 'n1 # all\nn2\nn3\n'],
    [
      'a definition of several lines has its comments at each use',
      '$B= \\\n# head \\\nb ${N} # it \\\nc\n$N=1\n$B\n$N=2\n$B # last',
      '# head\nb 1 # it\nc\n# head\nb 2 # it\nc # last\n',
    ],
    ['a comment behind a line that goes on', 'a # x \\\nb # y', 'a b # x # y\n'],
    ['a drawing keeps its backslash', '# /\\\na', '# /\\\na\n'],
    ['comments in Chinese', '# 主\na # 備', '# 主\na # 備\n'],
    ['CRLF and a byte order mark', '\ufeff# x\r\na # y\r\n', '# x\na # y\n'],
    ['nothing', '', ''],
  ] as const) {
    it(name, () => {
      const reading = read(text);
      assert.equal(print(reading), form);
      assert.equal(print(read(form)), form);
    });
  }

  it('without comments, files that mean the same have the same text', () => {
    const forms = ['# x\na { # y\n"b" 1\n# z\n} # w\n# v', 'a{\nb   1\n}'].map(text =>
      canonical(read(text).statements),
    );
    assert.deepEqual(forms, ['a {\n    b 1\n}\n', 'a {\n    b 1\n}\n']);
  });

  it('blocks a hundred deep are read, deeper ones refused', () => {
    const nested = (depth: number): string => 'a {\n'.repeat(depth) + '}\n'.repeat(depth);
    const said = (depth: number): string[] =>
      read(nested(depth))
        .problems.map(p => p.message)
        .filter(message => message.includes('inside'));
    assert.deepEqual(said(100), []);
    assert.deepEqual(said(101), ['this { is inside 100 others']);
  });
});

describe('config: what is left out, written down', () => {
  const row = { means: '' };
  const body = (within: Keywords) => block<true>('a block', { ...row, within }, () => true);
  const table: Keywords = {
    global_defs: body({ shared: integer(0, 9, { ...row, default: '5' }), router_id: anyWord('a name', row) }),
    service: body({
      kind: anyWord('a kind', { ...row, default: 'NAT', unless: beside('old_kind') }),
      old_kind: anyWord('a kind', row),
      mode: anyWord('a mode', { ...row, default: 'a b' }),
      old_mode: otherName(anyWord('a mode', { ...row, default: 'a b' }), 'mode'),
      plain: flag({ ...row, default: 'off', unless: ({ args }) => args[0]?.text === 'mark' }),
      gone: { ...harmless(flag({ means: '' }), ''), default: 'on' },
      server: body({ weight: integer(0, 9, { ...row, default: '1' }) }),
    }),
  };
  const full = (text: string): string => print(withDefaults(read(text), table));

  for (const [name, text, form] of [
    [
      'at the end of each block, in the order of the table',
      'service {\nserver {\n}\nserver { weight 2 }\n}',
      'global_defs {\n    shared 5\n}\n\nservice {\n    server {\n        weight 1\n    }\n    server {\n        weight 2\n    }\n    kind NAT\n    mode a b\n    plain off\n}\n',
    ],
    [
      'not what stands there, nor what something else settles',
      'global_defs { shared 1 }\nservice mark {\nold_kind DR\nmode\n}',
      'global_defs {\n    shared 1\n}\n\nservice mark {\n    old_kind DR\n    mode\n}\n',
    ],
    [
      'not what stands there under another name, nor the other name',
      'global_defs { shared 1 }\nservice mark {\nold_kind DR\nold_mode c\n}',
      'global_defs {\n    shared 1\n}\n\nservice mark {\n    old_kind DR\n    old_mode c\n}\n',
    ],
    [
      'in one global_defs of several, and before the last comment',
      'global_defs {\nrouter_id a\n# x\n}\nglobal_defs {\nrouter_id b\n}',
      'global_defs {\n    router_id a\n    shared 5\n    # x\n}\n\nglobal_defs {\n    router_id b\n}\n',
    ],
    [
      'nothing in blocks that nobody knows',
      'global_defs { shared 1 }\nx {\ny\n}',
      'global_defs {\n    shared 1\n}\n\nx {\n    y\n}\n',
    ],
  ] as const) {
    it(name, () => {
      assert.equal(full(text), form);
      assert.equal(full(form), form);
    });
  }
});

/** A backslash before a quote, or at the end of what needs quotes, is nothing that could be read. */
const canBeWritten = (text: string): boolean => !/(?<!\\)(\\\\)*\\("|$)/.test(text) && !text.includes('\0');
const word = fc
  .oneof(
    fc.constantFrom(
      ...[
        '',
        ' ',
        'a b',
        '\\',
        'a\\',
        'a b\\\\',
        '"',
        '\\"',
        '#',
        '!',
        '{',
        '}',
        'a{',
        "'",
        '@x',
        '@^x',
        '$A',
        '$A=1',
      ],
      ...[
        '${A}',
        '${_PWD}',
        '$_PWD',
        '\\${_PWD}',
        '${_RANDOM 1 9}',
        '${_ENV SITE}',
        '$${_HASH}',
        '~SEQ(A,1,3)',
      ],
      ...[
        '~LST(A,1,2)',
        'include',
        'includea',
        '\t',
        '\u00a0',
        '\u2003',
        '\ufeff',
        '\r',
        '\0',
        'ä',
        'PASS',
        '10.0.0.1',
      ],
    ),
    fc.string({ unit: 'binary', maxLength: 8 }).map(text => text.replaceAll('\n', ' ')),
    fc.stringMatching(/^[a-z_]{1,8}$/),
  )
  .filter(canBeWritten)
  .map(text => ({ text, at: { file: 'x', line: 1, column: 1, length: 1 } }));
const comment = fc
  .tuple(fc.constantFrom('#', '!'), fc.string({ unit: 'binary', maxLength: 10 }))
  .map(([sign, text]) => (sign + text.replace(/[\n\0]/g, ' ')).replace(/[\\\s]+$/, ''));
const some = fc.array(comment, { minLength: 1, maxLength: 2 });
const { statement } = fc.letrec<{ statement: Statement }>(tie => ({
  statement: fc
    .record({
      keyword: word,
      args: fc.array(word, { maxLength: 3 }),
      block: fc.option(fc.array(tie('statement'), { maxLength: 3 }), { nil: undefined, depthSize: 'small' }),
      before: fc.option(some, { nil: undefined }),
      behind: fc.option(comment, { nil: undefined }),
      end: fc.option(some, { nil: undefined }),
      closing: fc.option(comment, { nil: undefined }),
    })
    .map(({ keyword, args, block, before, behind, end, closing }) => {
      const comments = {
        ...(before && { before }),
        ...(behind && { behind }),
        ...(block && end && { end }),
        ...(block && closing && { closing }),
      };
      return {
        keyword,
        args,
        ...(block && { block }),
        ...(Object.keys(comments).length > 0 && { comments }),
      };
    }),
}));
const parsed = fc.record({
  statements: fc.array(statement, { maxLength: 4 }),
  end: fc.array(comment, { maxLength: 2 }),
});

describe('config: what is printed is read back', () => {
  it('any statements with any comments', () => {
    fc.assert(
      fc.property(parsed, given => {
        const text = print(given);
        const back = read(text);
        assert.deepEqual(bareFile(back), bareFile(given));
        assert.equal(print(back), text);
      }),
      { numRuns: 3000 },
    );
  });

  let folder: string;
  before(() => (folder = mkdtempSync(join(tmpdir(), 'holdfast-'))));
  after(() => rmSync(folder, { recursive: true }));
  const readFile = (file: string) => readConfig(file, readFileSync(file, 'utf8'), around);
  const SAMPLES = '/usr/share/doc/keepalived/samples';
  const samples = existsSync(SAMPLES)
    ? readdirSync(SAMPLES).filter(file => file.startsWith('keepalived.conf.'))
    : [];
  const ours = ['config', 'test'].flatMap(folder =>
    readdirSync(folder, { recursive: true, encoding: 'utf8' })
      .filter(file => file.endsWith('.conf'))
      .map(file => join(folder, file)),
  );

  /** The canonical form stands alone: whatever hung on the machine, or on other files, was decided before. */
  function survives(file: string, first: Reading): void {
    if (first.problems.some(p => BRACES.test(p.message))) return;
    const text = print(first);
    const second = readConfig(file, text);
    assert.deepEqual(bareFile(second), bareFile(first));
    assert.equal(print(second), text);
    assert.equal(canonical(second.statements), canonical(first.statements));
    if (first.model === undefined) return; // It would not be printed.
    assert.deepEqual(second.model, first.model);
    assert.deepEqual(said(second.problems), said(first.problems));
    const full = withDefaults(first);
    const third = readConfig(file, print(full));
    assert.deepEqual(third.model, first.model);
    assert.equal(print(withDefaults(third)), print(full));
  }
  /** With one of these there are no statements to speak of. */
  const BRACES = /no keyword before|never closed|cannot be read/;
  /** Said of files, of which only one is left, and of their text, which is another now. */
  const BEFORE_KEYWORDS = new RegExp(
    [
      'no file is called|may be executed|not in UTF-8|in UTF-16|quotes for a part of the name|byte order mark|NUL byte',
      'not a plain one|rest for another line|is not closed|closes nothing|no definition|stands for nothing|joins the lines',
    ].join('|'),
  );
  const said = (problems: readonly { severity: string; message: string; hint?: string }[]): string[] =>
    problems
      .filter(problem => !BEFORE_KEYWORDS.test(problem.message))
      .map(({ severity, message, hint = '' }) =>
        `${severity} ${message} ${hint}`.replace(/line \d+/g, 'line N'),
      )
      .sort();

  for (const file of ours) {
    it(`${file}: model and warnings stay the same`, () => survives(file, readFile(file)));
  }
  for (const name of samples) {
    it(`${name}: model and warnings stay the same`, () => survives(name, readFile(join(SAMPLES, name))));
  }
  const cases = readCorpus();
  for (const theme of new Set(cases.map(one => one.theme))) {
    it(`the corpus, ${theme}: model and warnings stay the same`, () => {
      for (const [i, one] of cases.filter(other => other.theme === theme).entries()) {
        const file = writeCase(one, join(folder, `${theme}-${i}`));
        try {
          survives(file, readSource(file, one.configId));
        } catch (error) {
          throw new Error(`in "${one.name}"`, { cause: error });
        }
      }
    });
  }
  it("keepalived's own samples are there", function () {
    if (samples.length === 0) skip(this, `there is no ${SAMPLES}`);
  });
});
