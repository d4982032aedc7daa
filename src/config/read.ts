import { readVirtualServer } from '../ipvs/config.js';
import { serviceName } from '../ipvs/service.js';
import {
  block,
  ignored,
  readBlock,
  refused,
  word,
  type Keyword,
  type Keywords,
  type Statement,
} from '../lib/keyword.js';
import { Problems, type Place, type Problem, type Report } from '../lib/problem.js';
import { readInstance, vrrpDefaults, VRRP_DEFAULTS, type VrrpDefaults } from '../vrrp/config.js';
import { VRRP_GLOBAL_KEYWORDS } from '../vrrp/keywords.js';
import type { VrrpInstance } from '../vrrp/instance.js';
import type { VirtualServer } from '../ipvs/service.js';
import { ALONE, expand, type Surroundings } from './expand.js';
import { lex } from './lex.js';
import type { Model } from './model.js';
import { parse } from './parse.js';

/** A model that may be run, or the problems that forbid it; warnings come with both. */
export interface Reading {
  /** Undefined when there is an error among the problems. */
  readonly model: Model | undefined;
  /** In the order of the file. */
  readonly problems: readonly Problem[];
}

const noMail = (takes: string, means: string): Keyword<true> => ({
  ...ignored(takes, 'not supported', means),
});

/** Blocks and keywords that change what clients get, and are not there yet. */
const NOT_YET = {
  vrrp_script: 'lets a script decide',
  vrrp_sync_group: 'ties instances together',
  vrrp_track_file: 'lets a file decide',
  track_file: 'lets a file decide',
  vrrp_track_process: 'lets a process decide',
  bfd_instance: 'watches a neighbour by BFD',
  garp_group: 'limits announcements',
  track_group: 'ties instances to static objects',
  static_ipaddress: 'keeps addresses',
  static_routes: 'keeps routes',
  static_rules: 'keeps rules',
  virtual_server_group: 'names several virtual servers at once',
  net_namespace: 'moves the agent into a network namespace',
} as const;

const GLOBAL_KEYWORDS = {
  ...VRRP_GLOBAL_KEYWORDS,
  router_id: word('a name', { means: 'names this router to people; it has no effect on the wire' }),
  notification_email: noMail('a block of addresses', 'whom mail is sent to; no mail is sent yet'),
  notification_email_from: noMail('an address', 'who mail is from; no mail is sent yet'),
  smtp_server: noMail('a host', 'who takes mail; no mail is sent yet'),
  smtp_connect_timeout: noMail('seconds', 'how long to wait for it; no mail is sent yet'),
  smtp_helo_name: noMail('a name', 'how to greet it; no mail is sent yet'),
} satisfies Keywords;

/**
 * Reads a configuration in keepalived's language.
 * @param file its name, for the places
 * @param surroundings what it may ask of the machine
 * @returns what it asks for, or every problem at once. Never throws, whatever the text is.
 */
export function readConfig(file: string, text: string, surroundings: Surroundings = ALONE): Reading {
  const problems = new Problems();
  const statements = parse(lex(expand(file, text, surroundings, problems), problems), problems);
  const start: Place = { file, line: 1, column: 1, length: 1 };
  const top = topKeywords(globalDefaults(statements, problems));
  const { value } = readBlock(top, statements, 'the file', start, problems);
  const instances = (value.vrrp_instance ?? []).map(read => read.value);
  const services = (value.virtual_server ?? []).map(read => read.value);
  reportDuplicates(value.vrrp_instance ?? [], i => `vrrp_instance ${i.name}`, problems);
  reportDuplicates(
    value.vrrp_instance ?? [],
    i => `virtual_router_id ${i.virtualRouterId} on ${i.interface}`,
    problems,
  );
  reportDuplicates(value.virtual_server ?? [], s => `virtual_server ${serviceName(s)}`, problems);
  if (instances.length === 0 && services.length === 0 && problems.all.length === 0) {
    problems.error(start, 'there is neither a vrrp_instance nor a virtual_server in this file');
  }
  const model = { routerId: value.global_defs ?? null, instances, services };
  const sorted = [...problems.all].sort((a, b) => a.at.line - b.at.line || a.at.column - b.at.column);
  return { model: sorted.some(p => p.severity === 'error') ? undefined : model, problems: sorted };
}

/** Instances take the defaults of `global_defs` wherever it stands; in keepalived it must come first. */
function globalDefaults(statements: readonly Statement[], report: Report): VrrpDefaults {
  const globals = statements.filter(s => s.keyword.text === 'global_defs').flatMap(s => s.block ?? []);
  const about = globals.filter(s => Object.hasOwn(VRRP_GLOBAL_KEYWORDS, s.keyword.text));
  const first = about[0];
  if (first === undefined) return VRRP_DEFAULTS;
  return vrrpDefaults(
    readBlock(VRRP_GLOBAL_KEYWORDS, about, 'global_defs', first.keyword.at, report),
    report,
  );
}

/** What was read, with the place of its statement, for messages about two of them. */
interface Placed<T> {
  readonly at: Place;
  readonly value: T;
}

function topKeywords(defaults: VrrpDefaults) {
  const collect = <T>(read: (statement: Statement, report: Report) => T | undefined) =>
    block(
      'a name and a block',
      { means: 'see its own keywords' },
      (statement, _, report, before: Placed<T>[] | undefined): Placed<T>[] => {
        const all = before ?? [];
        const value = read(statement, report);
        if (value !== undefined) all.push({ at: statement.keyword.at, value });
        return all;
      },
    );
  return {
    ...Object.fromEntries(
      Object.entries(NOT_YET).map(([name, means]) => [name, refused('what keepalived gives it', means)]),
    ),
    global_defs: block('a block', { means: 'defaults' }, (statement, body, report): string | undefined => {
      const others = body.filter(s => !Object.hasOwn(VRRP_GLOBAL_KEYWORDS, s.keyword.text));
      return readBlock(GLOBAL_KEYWORDS, others, 'global_defs', statement.keyword.at, report).value.router_id;
    }),
    vrrp_instance: collect<VrrpInstance>((statement, report) => readInstance(statement, defaults, report)),
    virtual_server: collect<VirtualServer>(readVirtualServer),
  } satisfies Keywords;
}

function reportDuplicates<T>(all: readonly Placed<T>[], nameOf: (one: T) => string, report: Report): void {
  const seen = new Map<string, Place>();
  for (const { at, value } of all) {
    const name = nameOf(value);
    const first = seen.get(name);
    if (first === undefined) seen.set(name, at);
    else report.error(at, `${name} stands here a second time`, `the first is in line ${first.line}`);
  }
}
