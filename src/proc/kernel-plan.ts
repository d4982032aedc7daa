import { existsSync } from 'node:fs';
import { networkInterfaces } from 'node:os';
import type { Model } from '../config/model.js';
import { ipvsadm } from '../io/ipvsadm.js';
import { ownedFile } from '../io/owned-file.js';
import type { Plan } from '../ipc/messages.js';
import { diff } from '../ipvs/core/diff.js';
import { parseSave, toLine } from '../ipvs/core/ipvsadm.js';
import { render } from '../ipvs/core/render.js';
import type { IpvsTable, ServiceKey } from '../ipvs/core/table.js';
import { err, ok, type Result } from '../lib/result.js';
import { compareInstances, planInstances, showAddress } from '../vrrp/reload.js';
import { namedChecks } from './checker-view.js';
import { ownedList, type Settings } from './settings.js';

/** There as soon as the kernel has its IPVS loaded, empty or not. */
const KERNEL_TABLE = '/proc/net/ip_vs';

/**
 * What a start of the agent would change on this machine, where none runs. Loads and changes nothing.
 * @returns why the kernel's table cannot be read, when it is needed
 */
export async function planFromKernel(
  model: Model,
  settings: Pick<Settings, 'ipvsadm' | 'stateDir'>,
): Promise<Result<Plan, string>> {
  const table = await kernelTable(settings.ipvsadm);
  if (!table.ok) return table;
  const desired = render(model.services, () => 'UNKNOWN', table.value);
  const owned = new Set(ownedFile(ownedList(settings)).read() as ServiceKey[]);
  const here = addressesHere();
  const instances = planInstances(compareInstances([], model.instances), new Map()).map(instance => {
    const found = instance.addressesAdded.filter(address => here.has(address));
    if (found.length === 0) return instance;
    const outage = `${found.join(', ')} is there now, and is taken off until this router is master`;
    return { ...instance, outage };
  });
  return ok({
    instances,
    table: {
      lines: diff(desired, table.value, owned).map(toLine),
      checksStarted: namedChecks(model.services).map(({ name }) => name),
      checksEnded: [],
      checksKept: 0,
    },
  });
}

async function kernelTable(program: string): Promise<Result<IpvsTable, string>> {
  if (!existsSync(KERNEL_TABLE)) return ok(new Map());
  try {
    return ok(parseSave(await ipvsadm(program).save()));
  } catch (error) {
    return err(error instanceof Error ? error.message : String(error));
  }
}

/** As ADDRESS/LENGTH on INTERFACE. */
const addressesHere = (): ReadonlySet<string> =>
  new Set(
    Object.entries(networkInterfaces()).flatMap(([name, all = []]) =>
      all.map(({ address, cidr }) =>
        showAddress({ address, prefixLength: Number(cidr?.split('/')[1]), interface: name }),
      ),
    ),
  );
