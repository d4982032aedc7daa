import { parseIp, parsePrefix, sameNetwork, type IpBytes } from '../../lib/address.js';
import type { Word } from '../../lib/keyword.js';
import { nearest } from '../../lib/nearest.js';
import type { Place, Report } from '../../lib/problem.js';
import type { CompleteInstance } from './instance.js';

/** An interface of the machine, with its addresses as `10.0.0.1/24`. */
export interface LocalInterface {
  readonly name: string;
  readonly addresses: readonly string[];
}

/**
 * Compares the instances with the machine that they are to run on: interfaces that are not there, and addresses that
 * none of its networks has.
 * @param dynamic does the file say that interfaces may come later?
 */
export function compareWithMachine(
  all: readonly CompleteInstance[],
  interfaces: readonly LocalInterface[],
  dynamic: boolean,
  report: Report,
): void {
  const virtual = new Set(all.flatMap(({ instance }) => instance.addresses.map(a => a.address)));
  const networks = interfaces.flatMap(({ name, addresses }) =>
    addresses.flatMap(text => {
      const prefix = parsePrefix(text);
      // What moves may be here right now, and is no proof that it belongs here.
      return prefix === undefined || virtual.has(prefix.address) ? [] : [{ ...prefix, name }];
    }),
  );
  const names = interfaces.map(({ name }) => name);
  const isThere = ({ text, at }: Word): boolean => {
    if (names.includes(text)) return true;
    reportMissing({ text, at }, names, dynamic, report);
    return false;
  };
  for (const { draft, instance } of all) {
    const { interface: own, virtual_ipaddress, unicast_src_ip: source } = draft.values.value;
    const ownIsThere = own === undefined || isThere(own);
    for (const { prefix, options } of virtual_ipaddress?.lines ?? []) {
      const { dev } = options.value;
      const bytes = parseIp(prefix.address);
      if (bytes === undefined || !(dev === undefined ? ownIsThere : isThere(dev))) continue;
      reportNetwork(prefix, bytes, dev?.text ?? instance.interface, networks, report);
    }
    const local = new Set(networks.map(({ address }) => address));
    if (source !== undefined && !local.has(source.text)) {
      report.warn(
        source.at,
        `${source.text} is no address of this machine; nobody would believe adverts that come from it`,
        'write an address that ip address shows',
      );
    }
    for (const { address } of draft.values.value.unicast_peer ?? []) {
      if (source?.text !== address.text && local.has(address.text)) reportOwn(address, report);
    }
  }
}

/** Says that a router sends adverts to itself. keepalived does so. */
export function reportOwn({ text, at }: { readonly text: string; readonly at: Place }, report: Report): void {
  report.warn(
    at,
    `${text} is this router itself; keepalived sends adverts to it, too`,
    'take it out of unicast_peer',
  );
}

function reportMissing({ text, at }: Word, names: readonly string[], dynamic: boolean, report: Report): void {
  const likely = nearest(text, names);
  const hint = likely === undefined ? `this machine has ${names.join(', ')}` : `did you mean ${likely}?`;
  if (dynamic) {
    report.note(at, `there is no interface ${text} now; the instance is in FAULT until it is there`, hint);
    return;
  }
  report.warn(
    at,
    `there is no interface ${text}: the instance is in FAULT until it is there; keepalived does not start without dynamic_interfaces`,
    hint,
  );
}

interface Network {
  readonly name: string;
  readonly bytes: IpBytes;
  readonly prefixLength: number;
}

function reportNetwork(
  { address, at }: { readonly address: string; readonly at: Place },
  bytes: IpBytes,
  device: string,
  networks: readonly Network[],
  report: Report,
): void {
  const homes = networks.filter(
    network => network.name !== 'lo' && sameNetwork(network.bytes, bytes, network.prefixLength),
  );
  if (homes.some(({ name }) => name === device)) return;
  const [other] = homes;
  if (other === undefined) {
    report.warn(
      at,
      `${address} is in no network of this machine; clients reach it only where a route leads here`,
      'look for a slip in the address',
    );
  } else {
    report.warn(
      at,
      `${address} is in the network of ${other.name}, and would be put on ${device}`,
      `write dev ${other.name} behind it`,
    );
  }
}
