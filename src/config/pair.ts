import { compareServices } from '../ipvs/config/pair.js';
import { compare, keywordOf, type Difference } from '../lib/pair.js';
import { compareInstances } from '../vrrp/config/pair.js';
import type { Model } from './model.js';

/** A router with what it is configured for. */
export interface PairedRouter {
  readonly file: string;
  readonly model: Model;
}

/** The routers of one pair, or of more than two, side by side. */
export interface Pair {
  /** Each router's own name where all have one and no two the same; else as much of its file's name as differs. */
  readonly routers: readonly { readonly file: string; readonly name: string }[];
  /** Their values are in the order of the routers. */
  readonly differences: readonly Difference[];
}

/** Compares files as those of the routers of one pair. */
export function comparePair(routers: readonly PairedRouter[]): Pair {
  const names = routers.map(({ model }) => model.routerId);
  const own = names.filter(name => name !== null);
  const distinct = new Set(own).size === own.length;
  const models = routers.map(({ model }) => model);
  const folder = commonFolder(routers.map(({ file }) => file));
  return {
    routers: routers.map(({ file }, i) => ({
      file,
      name: (distinct && own.length === routers.length ? names[i] : null) ?? file.slice(folder.length),
    })),
    differences: [
      ...(distinct ? [] : [sameName(names)]),
      ...compareInstances(models),
      ...compareServices(models.map(model => model.services)),
      ...compareTheRest(models),
    ],
  };
}

/** What all names of files begin with, up to a slash. */
function commonFolder([first = '', ...others]: readonly string[]): string {
  let length = 0;
  while (length < first.length && others.every(other => other[length] === first[length])) length++;
  return first.slice(0, first.lastIndexOf('/', length - 1) + 1);
}

const sameName = (names: readonly (string | null)[]): Difference => ({
  severity: 'warning',
  where: 'global_defs',
  what: 'router_id',
  keyword: 'router_id',
  values: names.map(name => name ?? 'none'),
  means: 'nothing on the wire says it; mails and logs of the routers look alike',
  write: 'write a router_id of its own on each router, such as its host name',
});

/** Whatever else a model holds, each by its own name. */
function compareTheRest(models: readonly Model[]): readonly Difference[] {
  const known = ['routerId', 'instances', 'syncGroups', 'services'];
  const others = new Set(models.flatMap(model => Object.keys(model)).filter(key => !known.includes(key)));
  return [...others].flatMap(key =>
    compare(
      keywordOf(key),
      '',
      models.map(model => ({ [key]: (model as unknown as Readonly<Record<string, unknown>>)[key] })),
      {},
    ),
  );
}
