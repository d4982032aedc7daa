import assert from 'node:assert/strict';
import { commandOf } from '../../../src/lib/command.js';
import { ALONE } from '../../../src/config/expand.js';
import { readStatements } from '../../../src/config/read.js';
import { Problems } from '../../../src/lib/problem.js';

/** The command of a `script` line, as it stands in a file. */
function commandIn(text: string): unknown {
  const report = new Problems();
  const [statement] = readStatements('x', `script ${text}`, ALONE, report).statements;
  const [first, ...rest] = statement?.args ?? [];
  assert.deepEqual(report.all, []);
  assert.ok(first);
  const command = commandOf(first, rest);
  return 'words' in command ? command.words : command.wrong;
}

/** What `keepalived --dump-conf` of 2.2.7 shows for each. */
describe('lib: commands of scripts', () => {
  for (const [name, text, words] of [
    ['blanks part the arguments', '"  /bin/a   b  c "', ['/bin/a', 'b', 'c']],
    ['single quotes keep them together', `"/bin/a 'b c' d"`, ['/bin/a', 'b c', 'd']],
    ['so do escaped double quotes', '"/bin/a \\"b c\\" d"', ['/bin/a', 'b c', 'd']],
    ['quotes within an argument', `"/bin/a b'c d'e\\" f \\"g"`, ['/bin/a', 'bc de f g']],
    ['empty arguments', `"/bin/a '' \\"\\" b"`, ['/bin/a', '', '', 'b']],
    ['an unquoted program stands alone', '/bin/a b', ['/bin/a']],
    ['a program in single quotes has arguments', `'/bin/a b' c`, ['/bin/a', 'b']],
    ['and double quotes inside them', `'/bin/a "b c" d' e`, ['/bin/a', 'b c', 'd']],
    ['an escaped blank in an unquoted program', '/bin/a\\ b c', ['/bin/a', 'b']],
    ['an escaped blank is undone before the command is cut', '"/bin/a b\\ c"', ['/bin/a', 'b', 'c']],
    ['twice escaped it keeps them together', '"/bin/a b\\\\ c"', ['/bin/a', 'b c']],
    ['control characters', '"/bin/a x\\a\\b\\E y"', ['/bin/a', 'x\x07\b\x1b', 'y']],
    ['white space parts arguments, however it is written', '"/bin/a\\tb\\nc\\fd"', ['/bin/a', 'b', 'c', 'd']],
    ['but not within quotes', `"/bin/a 'b\\tc'"`, ['/bin/a', 'b\tc']],
    ['nor when it is undone by the second turn', '"/bin/a b\\\\nc"', ['/bin/a', 'b\nc']],
    ['a letter and c', '"/bin/a \\cAx\\c[ \\c?"', ['/bin/a', '\x01x\x1b', '\x1f']],
    ['hexadecimal digits, as many as there are', '"/bin/a b\\x4142z \\x41"', ['/bin/a', 'bBz', 'A']],
    ['no hexadecimal digits', '"/bin/a \\xg \\x"', ['/bin/a', 'xg', 'x']],
    ['up to three octal digits', '"/bin/a \\1012 \\18 \\8"', ['/bin/a', 'A2', '\x018', '8']],
    ['bytes make characters', '"/bin/a \\303\\244 ä"', ['/bin/a', 'ä', 'ä']],
    ['any other character stands for itself', '"/bin/a b\\qc"', ['/bin/a', 'bqc']],
    ['a backslash is written four times', '"/bin/a b\\\\\\\\c"', ['/bin/a', 'b\\c']],
    ['a NUL ends the command', '"/bin/a b\\0c d"', ['/bin/a', 'b']],
    ['a NUL of the second turn ends its argument', '"/bin/a b\\\\0c d"', ['/bin/a', 'b', 'd']],
    [
      'nothing means what it means to a shell',
      '"/bin/a $HOME `x` | y > z"',
      ['/bin/a', '$HOME', '`x`', '|', 'y', '>', 'z'],
    ],
    ['an apostrophe', `"/bin/a it's b"`, "a ' in it is never closed"],
    ['a double quote alone', '"/bin/a \\"b"', 'a " in it is never closed'],
    ['a backslash at the end', '"/bin/a \\\\"', 'it ends in a backslash'],
    ['nothing', '""', 'there is no program'],
  ] as const) {
    it(name, () => assert.deepEqual(commandIn(text), words));
  }
});
