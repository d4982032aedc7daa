import { lookAtSyncDaemon } from '../ipvs/config/globals.js';
import { mergeServices } from '../ipvs/config/merge.js';
import { completeService } from '../ipvs/config/service.js';
import { readBlock } from '../lib/keyword.js';
import { Problems, type Place, type Problem, type Report } from '../lib/problem.js';
import { completeVrrp } from '../vrrp/config/vrrp.js';
import { matchBraces } from './braces.js';
import { ALONE, expand, type Surroundings } from './expand.js';
import { TOP } from './keywords.js';
import { lex, type Token } from './lex.js';
import type { Model } from './model.js';
import { parse, type Parsed } from './parse.js';
import { secretsOf, withoutSecrets } from './secret.js';

/** A model that may be run, or the problems that forbid it; warnings come with both. */
export interface Reading extends Parsed {
  /** Undefined when there is an error among the problems. */
  readonly model: Model | undefined;
  /** In the order of the file. */
  readonly problems: readonly Problem[];
}

/**
 * Reads a configuration in keepalived's language.
 * @param file its name, for the places
 * @param surroundings what it may ask of the machine
 * @returns what it asks for, or every problem at once. Never throws, whatever the text is.
 */
export function readConfig(file: string, text: string, surroundings: Surroundings = ALONE): Reading {
  const problems = new Problems();
  const tokens = tokensOf(file, text, surroundings, problems);
  const secrets = secretsOf(tokens);
  const { length: lexed } = problems.all;
  const parsed = parse(matchBraces(tokens, TOP, problems), problems);
  const start: Place = { file, line: 1, column: 1, length: 1 };
  const { value } = readBlock(TOP, parsed.statements, 'the file', start, problems);
  const globals = value.global_defs ?? { value: {}, at: {} };
  const names = {
    groups: value.virtual_server_group ?? [],
    bfdInstances: (value.bfd_instance ?? []).map(session => session.name),
    trackFiles: (value.track_file ?? []).map(file => file.name),
  };
  const scripts = {
    account: globals.value.script_user,
    isSecure: globals.value.enable_script_security === true,
  };
  const vrrp = completeVrrp(
    value,
    globals,
    {
      bfd: names.bfdInstances,
      interfaces: surroundings.interfaces,
      scripts,
    },
    problems,
  );
  const services = (value.virtual_server ?? []).flatMap(draft => {
    const service = completeService(draft, { ...names, scripts }, problems);
    return service === undefined ? [] : [{ at: draft.at, service }];
  });
  const instances = vrrp.instances.map(({ name }) => name);
  lookAtSyncDaemon(globals.value.lvs_sync_daemon, instances, problems);
  const merged = mergeServices(services, problems);
  const isEmpty = vrrp.instances.length === 0 && merged.length === 0;
  if (isEmpty && !problems.all.some(p => p.severity === 'error')) {
    problems.error(
      start,
      text.trim() === ''
        ? 'the file is empty'
        : 'there is neither a vrrp_instance nor a virtual_server in this file',
    );
  }
  const model = {
    routerId: globals.value.router_id ?? null,
    instances: vrrp.instances,
    syncGroups: vrrp.groups,
    scripts: vrrp.scripts,
    notify: vrrp.notify,
    services: merged,
  };
  const sorted = inOrder(worthTelling(problems.all, lexed), file).map(problem =>
    withoutSecrets(problem, secrets),
  );
  return {
    model: sorted.some(p => p.severity === 'error') ? undefined : model,
    problems: sorted,
    ...parsed,
  };
}

/** What a word means is nothing to speak of where it could not be read. @param lexed how many are of reading words */
function worthTelling(problems: readonly Problem[], lexed: number): readonly Problem[] {
  const place = ({ at: { file, line, column } }: Problem): string => `${line} ${column} ${file}`;
  const unread = new Set(
    problems
      .slice(0, lexed)
      .filter(p => p.severity === 'error')
      .map(place),
  );
  return problems.filter((problem, i) => i < lexed || !unread.has(place(problem)));
}

/** Those of the file itself come before those of files that it includes; each in the order of its file. */
function inOrder(problems: readonly Problem[], file: string): readonly Problem[] {
  const files = new Map<string, Problem[]>([[file, []]]);
  for (const problem of problems) {
    const others = files.get(problem.at.file);
    if (others === undefined) files.set(problem.at.file, [problem]);
    else others.push(problem);
  }
  return [...files.values()].flatMap(some =>
    some.sort((a, b) => a.at.line - b.at.line || a.at.column - b.at.column),
  );
}

/** The statements of a file and of those that it includes, whatever their keywords mean. */
export const readStatements = (
  file: string,
  text: string,
  surroundings: Surroundings,
  report: Report,
): Parsed => parse(matchBraces(tokensOf(file, text, surroundings, report), TOP, report), report);

function tokensOf(file: string, text: string, surroundings: Surroundings, report: Report): readonly Token[] {
  const tokens: Token[] = [];
  expand(file, text, surroundings, report, line => lex(line, tokens, report));
  return tokens;
}
