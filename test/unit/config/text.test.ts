import assert from 'node:assert/strict';
import { ALONE } from '../../../src/config/expand.js';
import { readConfig } from '../../../src/config/read.js';
import { showProblem } from '../../../src/config/show.js';

const INSTANCE = `vrrp_instance VI_1 {
interface eth0
virtual_router_id 51
priority 100
virtual_ipaddress { 10.0.0.13/24 }
}
`;
const read = (text: string) =>
  readConfig('ha.conf', text, {
    ...ALONE,
    configId: 'main',
    include: pattern => ({
      files: pattern === 'b' ? [{ file: 'b', text: 'priority 7' }] : [],
      unreadable: [],
    }),
  });
const said = (text: string): string[] =>
  read(text).problems.map(({ severity, at, message, hint = '' }) =>
    [`${severity} ${at.line}:${at.column}+${at.length}`, message, ...(hint === '' ? [] : [hint])].join(' | '),
  );
const nameOf = (text: string): string | undefined => read(text).model?.instances[0]?.name;
const priorityOf = (text: string): number | undefined => read(text).model?.instances[0]?.priority;

describe('config: what is in the text beside words', () => {
  for (const [name, text, problems] of [
    ['nothing', '', ['error 1:1+1 | the file is empty']],
    ['nothing but blanks', '\n \t\r\n', ['error 1:1+1 | the file is empty']],
    [
      'nothing but comments',
      '# soon',
      ['error 1:1+1 | there is neither a vrrp_instance nor a virtual_server in this file'],
    ],
    [
      'a byte order mark',
      `\ufeff${INSTANCE}`,
      [
        'warning 1:1+1 | a byte order mark, which keepalived takes for a part of the first word | save the file without it',
      ],
    ],
    [
      'NUL bytes behind the last line',
      `${INSTANCE}\0\0\0\n\0`,
      [
        'warning 7:1+1 | a NUL byte; as in keepalived, what stands behind one in its line does not count | is it a text at all?',
      ],
    ],
    [
      'a no-break space, as it comes from a web page',
      INSTANCE.replace('priority ', 'priority\u00a0'),
      [
        'warning 4:9+1 | this blank is not a plain one, and keepalived takes it for a part of the word beside it | type a space in its place',
      ],
    ],
    [
      'a blank of Chinese type',
      INSTANCE.replace('priority', '\u3000priority'),
      [
        'warning 4:1+1 | this blank is not a plain one, and keepalived takes it for a part of the word beside it | type a space in its place',
      ],
    ],
    [
      'lines that end in carriage returns alone',
      INSTANCE.replaceAll('\n', '\r'),
      [
        "error 1:1+1 | its lines end in carriage returns alone, which makes one long line of the file | tr '\\r' '\\n' puts it right",
      ],
    ],
    [
      'a line longer than keepalived reads',
      INSTANCE.replace('priority ', `priority ${' '.repeat(1100)}`),
      [
        'warning 4:1+1 | this line has 1112 bytes; keepalived reads 1023 and takes the rest for another line | it is read whole here; write it shorter if keepalived is to read it, too',
      ],
    ],
    [
      'a comment of 1024 bytes in fewer characters',
      `# ${'ж'.repeat(511)}\n${INSTANCE}`,
      [
        'warning 1:1+1 | this line has 1024 bytes; keepalived reads 1023 and takes the rest for another line | it is read whole here; write it shorter if keepalived is to read it, too',
      ],
    ],
    ['a comment of 1023 bytes', `#${'ж'.repeat(511)}\n${INSTANCE}`, []],
    [
      'a line that a parameter makes too long',
      `$B=${'x'.repeat(600)}\n# \${B}\${B}\n${INSTANCE.replace('VI_1', '${B}${B}')}`,
      [
        'warning 3:1+14 | this line has 1216 bytes; keepalived reads 1023 and takes the rest for another line | it is read whole here; write it shorter if keepalived is to read it, too',
      ],
    ],
    [
      'a parameter that stands for nothing, in braces',
      `$VIP=10.0.0.13\n${INSTANCE.replace('10.0.0.13/24', '${VPI}/24')}`,
      [
        'error 6:21+6 | this stands for nothing here, and keepalived takes the braces for those of a block | did you mean ${VIP}?',
      ],
    ],
    [
      'a parameter that stands for nothing, without braces',
      INSTANCE.replace('VI_1', '$NAME'),
      [
        'warning 1:15+5 | this stands for nothing here, and is taken as it is written | define it above, as in $NAME=VALUE',
      ],
    ],
    ['one in quotes is no parameter', INSTANCE.replace('VI_1', '"$A ${B}"'), []],
    [
      'a definition with a blank before its =',
      `$A = 1\n${INSTANCE}`,
      ['warning 1:1+2 | with a blank before its = this is no definition | write $A=…'],
    ],
    [
      'a sequence without its end',
      INSTANCE.replace('10.0.0.13/24', '\n~SEQ(N, 1, 3 10.0.0.${N}\n'),
      [
        'warning 5:1+17 | there is no address to move; only the role does, as in keepalived | write virtual_ipaddress { 10.0.0.13/24 }',
        'error 6:1+24 | a sequence is written ~SEQ(NAME, START, STEP, END) with whole numbers; START and STEP may be left out',
      ],
    ],
    [
      "a template's placeholder",
      INSTANCE.replace('100', '{{ priority }}'),
      ['error 4:10+14 | nothing was put in the place of this placeholder | write the value'],
    ],
    [
      "a template's condition",
      `{% if vrrp %}\n${INSTANCE}{% endif %}\n`,
      [
        'error 1:1+13 | nothing was put in the place of this placeholder | write the value',
        'error 8:1+11 | nothing was put in the place of this placeholder | write the value',
      ],
    ],
    [
      'an include in quotes',
      INSTANCE.replace('priority 100', 'include "b"'),
      [
        'warning 4:1+11 | keepalived takes the quotes for a part of the name, and finds no such file | write include b',
      ],
    ],
  ] as const) {
    it(`says it: ${name}`, () => {
      const all = said(text);
      assert.deepEqual(all.slice(0, problems.length), problems);
      if (problems.length === 0) assert.deepEqual(all, []);
    });
  }

  for (const [name, text, got] of [
    ['in quotes everything stands for itself', '"a b#!{}\\c$"', 'a b#!{}\\c$'],
    ['but for a quote', '"a\\"b"', 'a"b'],
    ['two backslashes are two', '"a\\\\"', 'a\\\\'],
    ['without quotes they are two as well', 'a\\\\b', 'a\\\\b'],
    ['single quotes are nothing special', "'a'", "'a'"],
    ['# and ! behind a backslash begin no comment', 'a\\#\\!b', 'a#!b'],
    ['a quote ends a word', 'a"b c"', 'a'],
    ['what stands behind a quote is another word', '"a b"c', 'a b'],
  ] as const) {
    it(`words: ${name}`, () => assert.equal(nameOf(INSTANCE.replace('VI_1', text)), got));
  }

  for (const [name, text, got] of [
    ['what stands behind a NUL does not count', INSTANCE.replace('100', '10\0 0'), 10],
    ['a backslash joins lines', INSTANCE.replace('priority ', 'priority \\\n'), 100],
    ['two backslashes do not', INSTANCE.replace('priority 100', 'priority 8\nfoo \\\\'), 8],
    [
      'a block of several joined lines stays several lines',
      `@main ${INSTANCE.replaceAll('\n', ' \\\n')}\n@other ${INSTANCE.replaceAll('\n', '\\\n')}`,
      100,
    ],
    ['a definition may be for one machine alone', `@main $A= \\\npriority \\\n77\n${INSTANCE}`, 100],
    [
      'a definition of several lines for this machine',
      `@main $A= \\\npriority 77 \\\npreempt\n${INSTANCE.replace('priority 100', '$A')}`,
      77,
    ],
  ] as const) {
    it(`lines: ${name}`, () => assert.equal(priorityOf(text), got));
  }

  it('a block of several joined lines may be repeated', () => {
    const block = '~SEQ(N,1,3) vrrp_instance VI_${N} { \\\n';
    const rest = 'interface eth0 \\\nvirtual_router_id ${N} \\\nvirtual_ipaddress { 10.0.0.${N} } \\\n}\n';
    assert.deepEqual(
      read(block + rest).model?.instances.map(i => [i.name, i.virtualRouterId, i.addresses[0]?.address]),
      [1, 2, 3].map(n => [`VI_${n}`, n, `10.0.0.${n}`]),
    );
  });
  it('a joined line knows where its words were written', () => {
    assert.deepEqual(said(INSTANCE.replace('priority 100', 'priority \\\n  high')), [
      'warning 4:1+1 | keepalived 2.2 joins the lines of a definition alone: it takes the backslash at the end for a part of the last word | write one line',
      'warning 5:3+4 | priority takes a whole number from 1 to 255, not "high"; as in keepalived, 100 counts then',
    ]);
  });
});

describe('config: what is said', () => {
  it('is said once of each place, however often its line is repeated', () => {
    assert.deepEqual(said(`~SEQ(N,1,9) foo \${N}\n${INSTANCE}`), [
      'warning 1:13+3 | foo is not a keyword of the file; it is ignored, with its block if it has one',
    ]);
  });
  it('of the file comes before what is said of the files that it includes', () => {
    const include = () => ({ files: [{ file: 'b', text: 'foo' }], unreadable: [] });
    const { problems } = readConfig('a', `${INSTANCE}include b\nbar`, { ...ALONE, include });
    assert.deepEqual(
      problems.map(p => `${p.at.file}:${p.at.line}`),
      ['a:8', 'b:1'],
    );
  });
  it('of files that include each other twice comes to an end', () => {
    const text = 'include a\ninclude a\n';
    const include = () => ({ files: [{ file: 'a', text }], unreadable: [] });
    assert.deepEqual(
      readConfig('a', text, { ...ALONE, include }).problems.map(p => p.message),
      [
        'files include each other without end',
        'files include each other without end',
        'this becomes more than 10000 files',
      ],
    );
  });
});

describe('config: how it is shown', () => {
  const shown = (text: string): string | undefined => {
    const last = read(text).problems.at(-1);
    return last && showProblem(last, text).split('\n').slice(1, 3).join('\n');
  };
  for (const [name, text, lines] of [
    [
      'the caret is under its word behind wide characters',
      'virtual_server 主实例 x {\n}',
      ' 1 | virtual_server 主实例 x {\n   |                ^^^^^^',
    ],
    [
      'what a terminal would obey is not printed',
      '\nfoo\x1b[2J \x07',
      ' 2 | foo\ufffd[2J \ufffd\n   | ^^^^^^^',
    ],
    [
      'of a long line the part around the word is shown',
      `${'x'.repeat(300)} {\nfoo ${'y'.repeat(300)}`,
      ` 1 | ${'x'.repeat(160)}…\n   | ${'^'.repeat(160)}`,
    ],
    [
      'wherever in the line that is',
      `${' '.repeat(300)}foo ${'y'.repeat(300)}`,
      ` 1 |…${' '.repeat(80)}foo ${'y'.repeat(76)}…\n   | ${' '.repeat(80)}^^^`,
    ],
  ] as const) {
    it(name, () => assert.equal(shown(text), lines));
  }
});

describe('config: secrets', () => {
  const block = (pass: string): string =>
    INSTANCE.replace('priority 100', `authentication {\nauth_type PASS\n${pass}\n}`);
  for (const [name, text] of [
    ['behind a brace', block('auth_pass "a}hush hush')],
    ['behind a brace that is glued to it', block('auth_pass a}hush-hush')],
    ['in quotes without a blank', block('auth_pass"hush hush hush')],
    ['on a joined line', block('auth_pass \\\n hush-hush-hush hush')],
    ['behind a condition', block('@main auth_pass hush hush')],
    ['behind a repetition', block('~SEQ(N,1,1)auth_pass hush-hush-hush')],
    ['as a parameter of no meaning', block('auth_pass ${hush}')],
    ['as a parameter without braces', block('auth_pass $hush extra')],
    ['in a definition', `$PASS = hush\n${block('auth_pass x')}`],
    ['in a definition that is too long', `$P=hush${' '.repeat(1100)}\n${block('auth_pass ${P}')}`],
    ['in a definition with a NUL', `$P=hush\0\n${block('auth_pass ${P}\nx')}`],
    ['in the place of something else', INSTANCE.replace('/24', '/24 auth_pass hush-hush')],
    ['of SSL', `SSL { password hush hush\n}\n${INSTANCE}`],
  ] as const) {
    it(`are never shown: ${name}`, () => {
      const { problems } = read(text);
      assert.notEqual(problems.length, 0);
      assert.doesNotMatch(problems.map(p => showProblem(p, text)).join('\n'), /hush/);
    });
  }
  it('end at a brace with a blank behind it', () => {
    const { problems } = read(`vrrp_instance A { authentication { auth_pass x } virtual_adress { } }`);
    assert.match(problems.map(p => p.message).join('\n'), /virtual_adress is not a keyword/);
  });
  it('of three letters are hidden where a message quotes them', () => {
    const { problems } = read(
      'virtual_server 10.0.0.1 80 {\nreal_server 10.0.0.2 80 {\nHTTP_GET {\nurl {\npath /\nstatus_code key abc\n}\n}\n}\n}',
    );
    assert.match(problems.map(p => p.message).join('\n'), /"\*\*\*"/);
    assert.doesNotMatch(problems.map(p => p.message).join('\n'), /"abc"/);
  });
});
