import type { IpvsOp } from './diff.js';
import {
  canonicalEndpoint,
  SERVICE_OPTION,
  type IpvsTable,
  type ServerEntry,
  type ServerKey,
  type ServiceEntry,
  type ServiceKey,
} from './table.js';

/**
 * One op as a line for `ipvsadm --restore`, without its newline. Never a comment: ipvsadm 1.31 ends at a `#`, and
 * everything after it would be lost.
 */
export function toLine(op: IpvsOp): string {
  switch (op.op) {
    case 'addService':
      return `-A ${serviceWords(op.key, op.to)}`;
    case 'editService':
      // -E without -p, -b or -o takes persistence and flags off, so the line says the whole wish.
      return `-E ${serviceWords(op.key, op.to)}`;
    case 'addServer':
      return `-a ${op.key} -r ${op.server} ${serverWords(op.to)}`;
    case 'editServer':
      return `-e ${op.key} -r ${op.server} ${serverWords(op.to)}`;
    case 'deleteServer':
      return `-d ${op.key} -r ${op.server}`;
    case 'deleteService':
      return `-D ${op.key}`;
  }
}

/** @returns the ops as one batch for `ipvsadm --restore`, in their order. */
export const toBatch = (ops: readonly IpvsOp[]): string => ops.map(op => `${toLine(op)}\n`).join('');

/** @returns the whole table in the form of `ipvsadm --save -n`; `parseSave` reads it back. */
export function toSave(table: IpvsTable): string {
  const lines: string[] = [];
  for (const [key, service] of table) {
    lines.push(`-A ${serviceWords(key, service)}\n`);
    for (const [server, entry] of service.servers) {
      lines.push(`-a ${key} -r ${server} ${serverWords(entry)}\n`);
    }
  }
  return lines.join('');
}

/**
 * Reads what `ipvsadm --save -n` printed. A line that it cannot read is passed over: a later ipvsadm may print more,
 * and what is not understood must not be repaired.
 */
export function parseSave(text: string): IpvsTable {
  const table = new Map<ServiceKey, ServiceEntry & { readonly servers: Map<ServerKey, ServerEntry> }>();
  for (const line of text.split('\n')) {
    const [command, option = '', name = '', ...words] = line.trim().split(/\s+/);
    const isSix = option === '-f' && words[0] === '-6';
    const key = keyOf(option, name, isSix);
    if (key === undefined) continue;
    const rest = isSix ? words.slice(1) : words;
    if (command === '-A') {
      table.set(key, { ...readService(rest), servers: new Map() });
    } else if (command === '-a') {
      const found = readServer(rest);
      if (found !== undefined) table.get(key)?.servers.set(found.key, found.entry);
    }
  }
  return table;
}

function serviceWords(key: ServiceKey, service: ServiceEntry): string {
  const persistence = service.persistence === null ? [] : ['-p', service.persistence];
  return [key, '-s', service.scheduler, ...persistence, ...options(service.extra)].join(' ');
}

const serverWords = (server: ServerEntry): string =>
  [server.forward, '-w', server.weight, ...options(server.extra)].join(' ');

const options = (extra: string): readonly string[] => (extra === '' ? [] : [extra]);

function keyOf(option: string, name: string, isSix: boolean): ServiceKey | undefined {
  if (option === '-f' && /^\d+$/.test(name)) return `-f ${name}${isSix ? ' -6' : ''}` as ServiceKey;
  if (!Object.values<string>(SERVICE_OPTION).includes(option)) return undefined;
  const where = canonicalEndpoint(name);
  return where === undefined ? undefined : (`${option} ${where}` as ServiceKey);
}

function readService(words: readonly string[]): Omit<ServiceEntry, 'servers'> {
  let scheduler = '';
  let persistence: number | null = null;
  const extra: string[] = [];
  for (let i = 0; i < words.length; i++) {
    const word = words[i] ?? '';
    if (word === '-s') {
      scheduler = words[++i] ?? '';
    } else if (word === '-p') {
      persistence = Number(words[++i]);
    } else {
      extra.push(word);
    }
  }
  return { scheduler, persistence, extra: extra.join(' ') };
}

function readServer(words: readonly string[]): { key: ServerKey; entry: ServerEntry } | undefined {
  let where: string | undefined;
  let forward: ServerEntry['forward'] = '-g';
  let weight = 1;
  const extra: string[] = [];
  for (let i = 0; i < words.length; i++) {
    const word = words[i] ?? '';
    if (word === '-r') {
      where = canonicalEndpoint(words[++i] ?? '');
    } else if (word === '-w') {
      weight = Number(words[++i]);
    } else if (word === '-g' || word === '-i' || word === '-m') {
      forward = word;
    } else if (word === '--tun-type' && words[i + 1] === 'ipip') {
      // ipvsadm 1.31 prints it after every -i, whether it was asked for or not.
      i++;
    } else {
      extra.push(word);
    }
  }
  if (where === undefined || !Number.isInteger(weight)) return undefined;
  return { key: where as ServerKey, entry: { forward, weight, extra: extra.join(' ') } };
}
