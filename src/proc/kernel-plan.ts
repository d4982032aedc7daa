import { existsSync } from 'node:fs';
import { networkInterfaces } from 'node:os';
import type { Model } from '../config/model.js';
import { ipvsadm } from '../io/ipvsadm.js';
import { ownedFile } from '../io/owned-file.js';
import type { Plan } from '../ipc/messages.js';
import { ok, type Result } from '../lib/result.js';
import type { IpvsPort } from '../ports/ipvs.js';
import { compareInstances, planInstances, showAddress } from '../vrrp/reload.js';
import { Director } from './director.js';
import { probing } from './probing.js';
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
  const director = new Director({
    ...probing(),
    ipvs: asItIs(settings.ipvsadm),
    owned: ownedFile(ownedList(settings)),
    log: () => undefined,
  });
  const table = await director.prepare(model.services);
  if (!table.ok) return table;
  const here = addressesHere();
  const instances = planInstances(compareInstances([], model.instances), new Map()).map(instance => {
    const found = instance.addressesAdded.filter(address => here.has(address));
    if (found.length === 0) return instance;
    const outage = `${found.join(', ')} is there now, and is taken off until this router is master`;
    return { ...instance, outage };
  });
  return ok({ instances, table: table.value });
}

/** The kernel's table for somebody who only looks: a kernel without it is not made to load it. */
function asItIs(program: string): IpvsPort {
  const port = ipvsadm(program);
  return { ...port, save: () => (existsSync(KERNEL_TABLE) ? port.save() : Promise.resolve('')) };
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
