import { readdirSync } from 'node:fs';
import { networkInterfaces } from 'node:os';

/** Every interface that the kernel shows, also those that are down. */
const FOLDER = '/sys/class/net';

/**
 * @returns the interfaces of this machine with their addresses as `10.0.0.1/24`, or undefined where it does not say
 *   which there are
 */
export function localInterfaces():
  readonly { readonly name: string; readonly addresses: readonly string[] }[] | undefined {
  try {
    const addresses = networkInterfaces();
    return readdirSync(FOLDER).map(name => ({
      name,
      addresses: (addresses[name] ?? []).flatMap(({ cidr }) => cidr ?? []),
    }));
  } catch {
    return undefined;
  }
}
