import { writeFileSync, existsSync, readFileSync, renameSync } from 'node:fs';
import { join } from 'node:path';
import { setFlagsFromString } from 'node:v8';
import { countProblems, problemForPrograms, showProblem, withoutNotes } from '../config/show.js';
import { withoutSecrets, type Model } from '../config/model.js';
import { sha256 } from '../io/digest.js';
import { openLogger } from '../io/logger.js';
import { notify } from '../io/notify-socket.js';
import { packageRoot } from '../io/package-root.js';
import { makeDirectory } from '../io/state-dir.js';
import { wallNow } from '../io/wall.js';
import { closeControl, openControl } from '../proc/control.js';
import { Reload, type Candidate } from '../proc/reload.js';
import { readSettings, type Settings } from '../proc/settings.js';
import { Supervisor } from '../proc/supervisor.js';
import { EXIT } from './exit.js';
import { defaultFile, readSource, readText, type Source } from './source.js';
import { version } from './version.js';

const DEFAULT_SETTINGS = '/etc/holdfast/settings.yaml';

/**
 * `holdfast run`: checks everything, then starts; on SIGTERM or SIGINT hands over and ends.
 * @param flags the command line, by commander's names
 * @returns the exit status
 */
export async function run(flags: Readonly<Record<string, string | undefined>>): Promise<number> {
  const settings = await settingsOf(flags);
  if (typeof settings === 'string') {
    process.stderr.write(`${settings}\n`);
    return EXIT.configRefused;
  }
  const source = readSource(settings.file === '' ? defaultFile() : settings.file, settings.configId, true);
  if (source.model === undefined) {
    process.stderr.write(refusal(source));
    return EXIT.configRefused;
  }
  return supervise(source, source.model, settings);
}

async function supervise(source: Source, model: Model, settings: Settings): Promise<number> {
  const { log, flush } = openLogger(settings.logLevel, settings.logFormat);
  for (const { at, message } of withoutNotes(source.problems)) {
    log('warn', 'configuration warning', { at: `${at.file}:${at.line}:${at.column}`, message });
  }
  let end: (status: number) => void = () => undefined;
  const ended = new Promise<number>(resolve => (end = resolve));
  makeDirectory(settings.stateDir);
  const supervisor = new Supervisor({
    version: version(),
    model,
    config: { file: source.file, loadedAt: wallNow(), sha256: hashOf(source) },
    settings,
    log,
    childScript: join(packageRoot(), 'dist/src/bin/child.js'),
    missing: () => end(EXIT.missing),
    begun: () => {
      notify('READY=1');
    },
  });
  const reload = new Reload(
    supervisor,
    () => candidateOf(optimizing(() => readSource(source.file, settings.configId, true))),
    log,
  );
  const control = await openControl(settings.socket, {
    state: () => supervisor.state(),
    healthy: () => supervisor.healthy(),
    ready: () => supervisor.ready(),
    config: () => ({ ...supervisor.config, model: withoutSecrets(supervisor.model) }),
    plan: text => reload.plan(text === undefined ? undefined : candidateOf(readText('the plan', text))),
    reload: by => reload.reload(by),
  }).catch((error: unknown) => {
    log('error', 'the control socket cannot be opened', { path: settings.socket, error: String(error) });
  });
  if (control === undefined) {
    await flush();
    return EXIT.missing;
  }
  for (const signal of ['SIGTERM', 'SIGINT'] as const) {
    process.on(signal, () => {
      log('info', 'stopping', { signal });
      end(EXIT.ok);
    });
  }
  process.on('SIGHUP', () => void reload.reload('SIGHUP'));
  process.on('SIGUSR1', () => void writeState(supervisor, settings.stateDir));
  log('info', 'holdfast starts', {
    version: version(),
    file: source.file,
    instances: model.instances.length,
    services: model.services.length,
  });
  supervisor.start();
  const status = await ended;
  notify('STOPPING=1');
  await supervisor.stop();
  closeControl(control, settings.socket);
  log('info', 'holdfast ended', { status });
  await flush();
  return status;
}

/** Reading a large file again is the one thing that is worth V8's optimizing compiler here. */
function optimizing<T>(work: () => T): T {
  setFlagsFromString('--opt');
  try {
    return work();
  } finally {
    setFlagsFromString('--no-opt');
  }
}

const hashOf = (source: Source): string => sha256([...source.texts.values()].join(''));

const candidateOf = (source: Source): Candidate => ({
  file: source.file,
  model: source.model,
  sha256: hashOf(source),
  problems: withoutNotes(source.problems).map(problem => problemForPrograms(problem, source.texts)),
});

/** SIGUSR1: the state document, for those who have no curl. */
async function writeState(supervisor: Supervisor, stateDir: string): Promise<void> {
  const file = join(stateDir, 'state.json');
  writeFileSync(`${file}.new`, `${JSON.stringify(await supervisor.state(), null, 2)}\n`, { mode: 0o640 });
  renameSync(`${file}.new`, file);
}

async function settingsOf(flags: Readonly<Record<string, string | undefined>>): Promise<Settings | string> {
  const { settings: named, ...others } = flags;
  const name = named ?? (existsSync(DEFAULT_SETTINGS) ? DEFAULT_SETTINGS : undefined);
  try {
    const file = name === undefined ? undefined : { name, value: await yaml(name) };
    return readSettings({
      ...(file === undefined ? {} : { file }),
      environment: process.env,
      flags: {
        file: others['file'],
        'config-id': others['configId'],
        socket: others['socket'],
        'state-dir': others['stateDir'],
        'log-level': others['logLevel'],
        'log-format': others['logFormat'],
      },
    });
  } catch (error) {
    return `holdfast: the settings cannot be used${name === undefined ? '' : ` (${name})`}: ${error instanceof Error ? error.message : String(error)}`;
  }
}

async function yaml(file: string): Promise<unknown> {
  const { parse } = await import('yaml');
  return parse(readFileSync(file, 'utf8')) as unknown;
}

function refusal({ file, texts, problems }: Source): string {
  const shown = withoutNotes(problems).map(p => `${showProblem(p, texts.get(p.at.file) ?? '')}\n`);
  return [...shown, `${file}: ${countProblems(problems)}; nothing was started`, ''].join('\n');
}
