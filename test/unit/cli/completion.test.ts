import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { skip } from '../../skip.js';

const run = (program: string, ...args: string[]): string =>
  spawnSync(program, args, { encoding: 'utf8' }).stdout;
const isThere = (shell: string): boolean => spawnSync(shell, ['-c', 'true']).status === 0;

/** zsh completes only in front of a terminal: it is given one, a line, and a key that completes and says the line. */
const ZSH = `
zmodload zsh/zpty
zpty -b terminal zsh -f -i
write() { zpty -w terminal "$1" }
write 'PROMPT=; autoload -Uz compinit && compinit -u -D'
write "source $1"
write 'complete-and-say() { zle complete-word; print -r -- "<<$BUFFER>>"; BUFFER=; zle accept-line }'
write 'zle -N complete-and-say; bindkey "^X" complete-and-say; echo re""ady'
zpty -r terminal text '*ready*'
zpty -w -n terminal "$2"$'\\x18'
zpty -r terminal text '*>>*'
print -r -- \${\${text##*<<}%%>>*}
zpty -d terminal
`;

/** How a shell completes a line: the line with what it adds, or the words that it offers. */
type Complete = (script: string, line: string) => string[];

const SHELLS: Readonly<Record<string, { readonly complete: Complete; readonly addsToLine: boolean }>> = {
  bash: {
    addsToLine: false,
    complete: (script, line) => {
      const words = line.split(' ');
      const program = `source "$1"; COMP_WORDS=("\${@:2}"); COMP_CWORD=$(($# - 2)); _holdfast; printf '%s\\n' "\${COMPREPLY[@]}"`;
      return run('bash', '-c', program, 'bash', script, ...words)
        .split('\n')
        .filter(word => word !== '');
    },
  },
  zsh: {
    addsToLine: true,
    complete: (script, line) => {
      writeFileSync(`${script}.zsh`, ZSH);
      return [run('zsh', '-f', `${script}.zsh`, script, line).trim()];
    },
  },
  fish: {
    addsToLine: false,
    complete: (script, line) =>
      run('fish', '--no-config', '-c', 'source $argv[1]; complete -C $argv[2]', '--', script, line)
        .split('\n')
        .map(offer => offer.split('\t')[0] ?? '')
        .filter(word => word !== '')
        .sort(),
  },
};

describe('cli: shell completion', () => {
  let folder: string;
  before(() => (folder = mkdtempSync(join(tmpdir(), 'holdfast-'))));
  after(() => rmSync(folder, { recursive: true }));

  for (const [shell, { complete, addsToLine }] of Object.entries(SHELLS)) {
    describe(shell, () => {
      const script = (): string => join(folder, shell);
      before(function () {
        if (!isThere(shell)) skip(this, `there is no ${shell} here`);
        writeFileSync(script(), run('bin/holdfast', 'completion', shell));
      });
      for (const [line, word] of [
        ['holdfast ru', 'run'],
        ['holdfast run --log-l', '--log-level'],
        ['holdfast run --log-level wa', 'warn'],
        ['holdfast completion z', 'zsh'],
        ['holdfast check config/lb03', 'config/lb03.conf'],
        ['holdfast check --json config/lb03', 'config/lb03.conf'],
        ['holdfast run -f config/lb03', 'config/lb03.conf'],
        ['holdfast run --state-dir conf', addsToLine ? 'config/' : 'config'],
        ['holdfast keywords lb_al', 'lb_algo'],
      ] as const) {
        it(`${line} becomes ${word}`, () => {
          const got = complete(script(), line);
          if (addsToLine) assert.deepEqual(got, [line.replace(/[^ ]*$/, word)]);
          else {
            assert.deepEqual(
              got.map(w => w.replace(/\/$/, '')),
              [word],
            );
          }
        });
      }
      if (!addsToLine) {
        it('offers every command', () => {
          const help = run('bin/holdfast', '--help');
          const commands = [...help.matchAll(/^ {2}([a-z]+) /gm)]
            .map(([, name]) => name)
            .filter(n => n !== 'help');
          assert.ok(commands.length >= 8);
          assert.deepEqual(complete(script(), 'holdfast ').sort(), commands.sort());
        });
        it('offers nothing where anything may stand', () => {
          assert.deepEqual(complete(script(), 'holdfast run --config-id '), []);
        });
      }
    });
  }

  it('bash knows what it is for', () => {
    const program = 'source <(bin/holdfast completion bash); complete -p holdfast';
    assert.equal(run('bash', '-c', program), 'complete -o filenames -F _holdfast holdfast\n');
  });
  it('other shells are a usage error', () => {
    assert.equal(spawnSync('bin/holdfast', ['completion', 'csh']).status, 64);
  });
});
