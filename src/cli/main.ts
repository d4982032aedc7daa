import type { Command as CommandType } from 'commander';
import { commonJs } from '../io/common-js.js';
import type { CheckFlags } from './check.js';
import type { PlanFlags } from './plan.js';
import type { ConvertFlags } from './convert.js';
import type { Shell } from './completion.js';
import { EXIT } from './exit.js';
import { version } from './version.js';

const { Argument, Command, CommanderError, Option } = commonJs<typeof import('commander')>('commander');

/**
 * Runs one command and sets the exit status.
 * @param argv as in process.argv
 */
export async function main(argv: readonly string[]): Promise<void> {
  process.stdout.on('error', (error: NodeJS.ErrnoException) => {
    // Whoever reads has seen enough, as `head` has.
    if (error.code !== 'EPIPE') throw error;
  });
  try {
    await program().parseAsync([...argv]);
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error;
    // Commander has said what is wrong; help and version are no mistakes.
    process.exitCode = error.exitCode === 0 ? EXIT.ok : EXIT.usage;
  }
}

/** Each command is loaded only when it is asked for: what `run` keeps in memory is what `run` needs. */
function program(): CommandType {
  const holdfast = new Command('holdfast')
    .description('An HA agent for Linux LVS directors: VRRP, health checks and the IPVS table')
    .exitOverride()
    .showHelpAfterError();
  holdfast
    .command('run')
    .description('run the agent in the foreground, logging to stderr')
    .option('-f, --file <file>', "the services, in keepalived's language")
    .option('-i, --config-id <id>', 'which @id lines count; default: the short host name')
    .option('--settings <file>', "the agent's own settings, YAML")
    .option('--socket <path>', 'the control socket')
    .option('--state-dir <dir>', 'where the agent keeps what may be lost at boot')
    .addOption(
      new Option('--log-level <level>', 'which log lines are written').choices([
        'error',
        'warn',
        'info',
        'debug',
      ]),
    )
    .addOption(
      new Option('--log-format <format>', 'text for people, json for programs').choices(['text', 'json']),
    )
    .action(async (flags: Record<string, string | undefined>) => {
      const { run } = await import('./run.js');
      process.exitCode = await run(flags);
    });
  holdfast
    .command('check')
    .description(
      'show every problem of a file, and where several differ as a pair; 0 when they can be used, 1 when not',
    )
    .argument('[files...]', 'the files to check')
    .option('-f, --file <file>', 'the same')
    .option('-i, --config-id <id>', 'which @id lines count; default: the short host name')
    .option('--verbose', 'show notes, too: keywords that are accepted and change nothing')
    .option('--json', 'for programs')
    .action(async (files: string[], flags: CheckFlags & { file?: string }) => {
      const { check } = await import('./check.js');
      process.exitCode = check(flags.file === undefined ? files : [flags.file, ...files], flags);
    });
  holdfast
    .command('convert')
    .description(
      'print a configuration file in canonical form, with its secrets; 0 when it can be used, 1 when it cannot',
    )
    .argument('[file]', 'the file to convert')
    .option('-f, --file <file>', 'the same')
    .option('-i, --config-id <id>', 'which @id lines count; default: the short host name')
    .option('--defaults', 'write down what counts where a keyword is left out')
    .action(async (file: string | undefined, flags: ConvertFlags & { file?: string }) => {
      const { convert } = await import('./convert.js');
      process.exitCode = convert(flags.file ?? file, flags);
    });
  holdfast
    .command('plan')
    .description('show what a reload, or a start where no agent runs, would change; changes nothing')
    .option('-f, --file <file>', "the file; default: the running agent's")
    .option('-i, --config-id <id>', 'which @id lines count; default: the short host name')
    .option('--socket <path>', 'the control socket')
    .option('--json', 'for programs')
    .action(async (flags: PlanFlags) => {
      const { plan } = await import('./plan.js');
      process.exitCode = await plan(flags);
    });
  holdfast
    .command('reload')
    .description('have the agent read its file again; on any error nothing changes, and the status is 1')
    .option('--socket <path>', 'the control socket')
    .option('--json', 'for programs')
    .action(async (flags: { socket?: string; json?: boolean }) => {
      const { reload } = await import('./reload.js');
      process.exitCode = await reload(flags);
    });
  holdfast
    .command('status')
    .description('show who is master, the addresses, and the servers')
    .option('--socket <path>', 'the control socket')
    .option('--json', 'for programs')
    .action(async (flags: { socket?: string; json?: boolean }) => {
      const { status } = await import('./status.js');
      process.exitCode = await status(flags);
    });
  holdfast
    .command('keywords')
    .description('show all keywords of the configuration as a page, or what is known of some')
    .argument('[keywords...]', 'the ones to show')
    .option('--json', 'all of them, for programs')
    .action(async (names: string[], flags: { json?: boolean }) => {
      const { keywords } = await import('./keywords.js');
      process.exitCode = keywords(names, flags);
    });
  holdfast
    .command('completion')
    .description('print a script that completes commands, flags and files in a shell')
    .addArgument(new Argument('<shell>', 'whose').choices(['bash', 'zsh', 'fish']))
    .action(async (shell: Shell) => {
      const { completion } = await import('./completion.js');
      process.stdout.write(completion(holdfast, shell));
    });
  holdfast
    .command('version')
    .description('show the version')
    .action(() => {
      process.stdout.write(`holdfast ${version()}\n`);
    });
  return holdfast;
}
