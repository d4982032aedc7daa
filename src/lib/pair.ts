import { endpoint } from './endpoint.js';

/** Something in which the routers of one pair must not differ, or must. What breaks the pair is an error. */
export interface Difference {
  readonly severity: 'error' | 'warning';
  /** The instance or service, as `vrrp_instance VI_1`. */
  readonly where: string;
  /** What of it, as `10.0.0.17:80 TCP_CHECK retry` or `virtual_ipaddress 10.0.0.13`. */
  readonly what: string;
  /** The keyword alone. */
  readonly keyword: string;
  /** As people read them, one for each router. Secrets are never among them. */
  readonly values: readonly string[];
  /** What happens with that difference, as a sentence without its end. */
  readonly means: string;
  /** What to write instead. */
  readonly write: string;
}

/** What a difference of one field means. Without anything it is a warning that says no more than that they differ. */
export interface Field {
  /** Its name in the file; without one, that of the field in keepalived's spelling. */
  readonly keyword?: string;
  readonly severity?: Difference['severity'];
  readonly show?: (value: unknown) => string;
  readonly means?: string;
  readonly write?: string;
}

/**
 * By the path of a field, as `announce.repeat`, with `*` for a member of a list. What is not named here is compared
 * all the same; what is `different` belongs to each router alone, with all that is inside it.
 */
export type Fields = Readonly<Record<string, Field | 'different'>>;

/** Where several pieces of plain data differ. */
interface Leaf {
  /** Names of fields, and members of lists in brackets. */
  readonly path: readonly string[];
  readonly values: readonly unknown[];
}

/**
 * Compares the same thing of several routers, field by field.
 * @param where its name
 * @param part and that of the part
 * @param things plain data, one for each router; undefined where a router has none, which is not compared
 */
export function compare(
  where: string,
  part: string,
  things: readonly (object | undefined)[],
  fields: Fields,
): readonly Difference[] {
  const present = things.filter(thing => thing !== undefined);
  return leaves(present, []).flatMap(({ path, values }) => {
    const known = path.map((_, i) => fields[patternOf(path.slice(0, i + 1))]);
    if (known.includes('different')) return [];
    const last = known.at(-1);
    const field: Field = last === undefined || last === 'different' ? {} : last;
    const keyword = field.keyword ?? keywordOf(path.filter(step => !isMember(step)).at(-1) ?? '');
    const members = [part, ...path.filter(isMember).map(member => member.slice(1, -1))];
    // The whole member of a list, or something about it?
    const end = isMember(path.at(-1) ?? '') ? members.splice(-1) : [];
    const shown = showAll(path, values, field.show);
    let next = 0;
    return [
      {
        severity: field.severity ?? 'warning',
        where,
        what: [...members, keyword, ...end].filter(word => word !== '').join(' '),
        keyword,
        values: things.map(thing => (thing === undefined ? MISSING : (shown[next++] ?? ''))),
        means: field.means ?? 'whichever router is master goes by its own',
        write: field.write ?? `write the same ${keyword} on all routers, unless the difference is meant`,
      },
    ];
  });
}

/** For a thing that some routers have and others have not. */
export const MISSING = 'missing';

/** Is a thing there? As values of a difference. */
export const presence = (things: readonly unknown[]): readonly string[] =>
  things.map(thing => (thing === undefined ? MISSING : 'there'));

/**
 * Puts together what belongs together on several routers. Each rule gives a name to a thing; things of different
 * routers with one name are one, and the earlier rule decides.
 * @param routers the things of each
 * @returns one list for each, with the thing of each router
 */
export function together<T>(
  routers: readonly (readonly T[])[],
  rules: readonly ((thing: T) => string)[],
): readonly (readonly (T | undefined)[])[] {
  let groups = routers.flatMap((things, i) =>
    things.map((thing): (T | undefined)[] => routers.map((_, j) => (i === j ? thing : undefined))),
  );
  for (const rule of rules) {
    const named = new Map<string, (T | undefined)[][]>();
    groups = groups.filter(group => {
      const names = new Set(group.filter(thing => thing !== undefined).map(rule));
      const homes = [...names].flatMap(name => named.get(name) ?? []);
      const home = homes.find(other =>
        group.every((thing, i) => thing === undefined || other[i] === undefined),
      );
      const all = home ?? group;
      if (home !== undefined) {
        for (const [i, thing] of group.entries()) home[i] ??= thing;
      }
      for (const name of names) {
        const others = named.get(name);
        if (others === undefined) named.set(name, [all]);
        else if (!others.includes(all)) others.push(all);
      }
      return home === undefined;
    });
  }
  return groups;
}

function leaves(values: readonly unknown[], path: readonly string[]): readonly Leaf[] {
  const [first, ...others] = values;
  if (others.every(other => Object.is(other, first))) return [];
  if (values.every(isObject)) {
    const keys = new Set(values.flatMap(value => Object.keys(value)));
    return [...keys].flatMap(key =>
      leaves(
        values.map(value => value[key]),
        [...path, key],
      ),
    );
  }
  if (values.every(isList) && values.some(value => value.some(isObject))) {
    return together(
      values.map(list => list.map((member, i) => ({ member, name: nameOf(member, i) }))),
      [entry => entry.name],
    ).flatMap(entries => {
      const name = entries.find(entry => entry !== undefined)?.name ?? '';
      return leaves(
        entries.map(entry => entry?.member),
        [...path, `[${name}]`],
      );
    });
  }
  const texts = new Set(values.map(value => JSON.stringify(value)));
  return texts.size === 1 ? [] : [{ path, values }];
}

/** What a member of a list is called: by its own name, its address, or its place in the list. */
function nameOf(member: unknown, index: number): string {
  const own = isObject(member) ? member : {};
  const { name, address, port } = own;
  if (typeof name === 'string') return name;
  if (typeof address === 'string') return typeof port === 'number' ? endpoint(address, port) : address;
  return `${index + 1}`;
}

const isList = (value: unknown): value is readonly unknown[] => Array.isArray(value);
const isObject = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !isList(value);
const isMember = (step: string): boolean => step.startsWith('[');

const patternOf = (path: readonly string[]): string =>
  path.map(step => (isMember(step) ? '*' : step)).join('.');

/** @returns what a field is called in the file as long as nobody says otherwise: preempt_delay for preemptDelayMs */
export const keywordOf = (field: string): string =>
  field.replace(/Ms$/, '').replace(/[A-Z]/g, letter => `_${letter.toLowerCase()}`);

const SECRET = /pass|secret|key/i;

function showAll(
  path: readonly string[],
  values: readonly unknown[],
  show?: (value: unknown) => string,
): readonly string[] {
  if (path.some(step => SECRET.test(step))) return disguised(values);
  return values.map(value => (show ?? (v => showValue(v, path.at(-1) ?? '')))(value));
}

/** Secrets by letters: the same letter, the same secret. */
function disguised(values: readonly unknown[]): readonly string[] {
  const seen: string[] = [];
  return values.map(value => {
    if (value === undefined || value === null) return 'none';
    const text = JSON.stringify(value);
    if (!seen.includes(text)) seen.push(text);
    return `secret ${String.fromCharCode(65 + seen.indexOf(text))}`;
  });
}

function showValue(value: unknown, name: string): string {
  if (value === undefined) return MISSING;
  if (value === null) return 'none';
  if (typeof value === 'boolean') return value ? 'on' : 'off';
  if (typeof value === 'number') return name.endsWith('Ms') ? `${value / 1000} s` : String(value);
  if (typeof value === 'string') return value;
  if (isList(value)) {
    return value.length === 0 ? 'none' : value.map(inner => showValue(inner, name)).join(', ');
  }
  return 'there';
}
