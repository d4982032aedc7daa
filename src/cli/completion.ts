import type { Command, Option } from 'commander';
import { describeKeywords } from '../config/keyword-page.js';
import { TOP } from '../config/keywords.js';

export type Shell = 'bash' | 'zsh' | 'fish';

/** What may stand in a place of the command line. */
type Value =
  | { readonly kind: 'file' | 'folder' | 'text' }
  | { readonly kind: 'words'; readonly words: readonly string[] };

interface Flag {
  /** With their dashes: `-f` and `--file`. */
  readonly names: readonly string[];
  readonly description: string;
  /** Undefined when it stands alone. */
  readonly value: Value | undefined;
}

interface Subcommand {
  readonly name: string;
  readonly description: string;
  readonly flags: readonly Flag[];
  /** Undefined when it takes no arguments. */
  readonly argument: Value | undefined;
}

/** @returns a script that teaches a shell the commands of `holdfast`, their flags and what these take */
export function completion(holdfast: Command, shell: Shell): string {
  const commands = holdfast.commands.map(subcommandOf);
  switch (shell) {
    case 'bash':
      return forBash(commands);
    case 'zsh':
      return forZsh(commands);
    case 'fish':
      return forFish(commands);
  }
}

const subcommandOf = (command: Command): Subcommand => {
  const [argument] = command.registeredArguments;
  return {
    name: command.name(),
    description: command.description(),
    flags: command.options.map(flagOf),
    argument: argument === undefined ? undefined : valueOf(argument.name(), argument.argChoices),
  };
};

const flagOf = (option: Option): Flag => {
  const name = /<(.*)>/.exec(option.flags)?.[1];
  return {
    names: [option.short, option.long].filter(n => n !== undefined),
    description: option.description,
    value: name === undefined ? undefined : valueOf(name, option.argChoices),
  };
};

function valueOf(name: string, choices: readonly string[] | undefined): Value {
  if (choices !== undefined) return { kind: 'words', words: choices };
  switch (name) {
    case 'file':
    case 'files':
    case 'path':
      return { kind: 'file' };
    case 'dir':
      return { kind: 'folder' };
    case 'keywords':
      return { kind: 'words', words: keywordNames() };
    default:
      return { kind: 'text' };
  }
}

const keywordNames = (): readonly string[] => [
  ...new Set(describeKeywords(TOP).flatMap(block => block.keywords.map(keyword => keyword.name))),
];

/** A text as one word of a shell. */
const quoted = (text: string): string => `'${text.replaceAll("'", "'\\''")}'`;

/** Descriptions of commands say more than a menu has room for. */
const brief = (text: string): string => text.split(';')[0] ?? '';

const compgen = (value: Value): string => {
  switch (value.kind) {
    case 'file':
      return '-f';
    case 'folder':
      return '-d';
    case 'text':
      return '-W ""';
    case 'words':
      return `-W ${quoted(value.words.join(' '))}`;
  }
};

function forBash(commands: readonly Subcommand[]): string {
  const values = commands.flatMap(({ name, flags }) =>
    flags.flatMap(flag =>
      flag.value === undefined
        ? []
        : [
            `    ${flag.names.map(n => `${name}:${n}`).join(' | ')}) what="${escapeDouble(compgen(flag.value))}" ;;`,
          ],
    ),
  );
  const rest = commands.map(({ name, flags, argument }) => {
    const names = flags.flatMap(flag => flag.names).join(' ');
    const other = argument === undefined ? '-W ""' : compgen(argument);
    return `    ${name}:*) flags=${quoted(names)}; what="${escapeDouble(other)}" ;;`;
  });
  return `# bash completion for holdfast: source <(holdfast completion bash)
_holdfast() {
  local current=\${COMP_WORDS[COMP_CWORD]} command= flags= what= i
  for ((i = 1; i < COMP_CWORD; i++)); do
    case \${COMP_WORDS[i]} in -*) ;; *) command=\${COMP_WORDS[i]}; break ;; esac
  done
  case $command:\${COMP_WORDS[COMP_CWORD - 1]} in
    :*) what="-W ${quoted(commands.map(c => c.name).join(' '))}" ;;
${values.join('\n')}
${rest.join('\n')}
  esac
  [[ $current != -* ]] || what="-W '$flags'"
  mapfile -t COMPREPLY < <(eval "compgen $what -- $(printf %q "$current")")
}
complete -o filenames -F _holdfast holdfast
`;
}

const escapeDouble = (text: string): string => text.replace(/[\\"$`]/g, '\\$&');

/** In a description, brackets and colons mean something to _arguments. */
const zshText = (text: string): string => text.replace(/[[\]:\\]/g, '\\$&');

const zshAction = (value: Value): string => {
  switch (value.kind) {
    case 'file':
      return ':file:_files';
    case 'folder':
      return ':folder:_files -/';
    case 'text':
      return ':value: ';
    case 'words':
      return `:value:(${value.words.map(zshText).join(' ')})`;
  }
};

function forZsh(commands: readonly Subcommand[]): string {
  const menu = commands.map(c => `    ${quoted(`${c.name}:${zshText(brief(c.description))}`)}`);
  const cases = commands.map(({ name, flags, argument }) => {
    const specs = flags.flatMap(({ names, description, value }) =>
      names.map(n =>
        quoted(
          `(${names.join(' ')})${n}[${zshText(brief(description))}]${value === undefined ? '' : zshAction(value)}`,
        ),
      ),
    );
    const all = argument === undefined ? specs : [...specs, quoted(`*${zshAction(argument)}`)];
    return `    ${name}) _arguments ${all.join(' ')} ;;`;
  });
  return `#compdef holdfast
# zsh completion for holdfast: put it into a folder of $fpath as _holdfast, or source <(holdfast completion zsh)
_holdfast() {
  local -a commands=(
${menu.join('\n')}
  )
  if ((CURRENT == 2)); then
    _describe -t commands command commands
    return
  fi
  shift words
  ((CURRENT--))
  case $words[1] in
${cases.join('\n')}
  esac
}
if [[ \${funcstack[1]-} == _holdfast ]]; then _holdfast "$@"; else compdef _holdfast holdfast; fi
`;
}

const fishValue = (value: Value): string => {
  switch (value.kind) {
    case 'file':
      return ' -r -F';
    case 'folder':
      return " -x -a '(__fish_complete_directories)'";
    case 'text':
      return ' -x';
    case 'words':
      return ` -x -a ${quoted(value.words.join(' '))}`;
  }
};

function forFish(commands: readonly Subcommand[]): string {
  const lines = commands.flatMap(({ name, description, flags, argument }) => {
    const within = `complete -c holdfast -n '__fish_seen_subcommand_from ${name}'`;
    return [
      `complete -c holdfast -n __fish_use_subcommand -a ${name} -d ${quoted(brief(description))}`,
      ...flags.map(flag => {
        const names = flag.names.map(n => (n.startsWith('--') ? `-l ${n.slice(2)}` : `-s ${n.slice(1)}`));
        const value = flag.value === undefined ? '' : fishValue(flag.value);
        return `${within} ${names.join(' ')}${value} -d ${quoted(brief(flag.description))}`;
      }),
      ...(argument === undefined ? [] : [`${within}${fishArgument(argument)}`]),
    ];
  });
  return `# fish completion for holdfast: holdfast completion fish | source
complete -c holdfast -f
${lines.join('\n')}
`;
}

const fishArgument = (value: Value): string => {
  switch (value.kind) {
    case 'file':
      return ' -F';
    case 'folder':
      return " -a '(__fish_complete_directories)'";
    case 'text':
      return '';
    case 'words':
      return ` -a ${quoted(value.words.join(' '))}`;
  }
};
