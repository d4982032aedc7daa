import { reportNotYet } from '../../lib/keyword.js';
import type { Place, Report } from '../../lib/problem.js';
import type { VirtualAddress } from '../instance.js';
import type { CompleteInstance, InstanceDraft } from './instance.js';

/** One byte of an advert says how many there are (RFC 3768 §5.3.5). */
const MOST_ADDRESSES = 255;
/** More were never usual, and some routers have no room for them. */
const USUAL_ADDRESSES = 20;

/** @returns the addresses of an instance, in the order of the file */
export function completeAddresses(
  { at: here, values: { value, at } }: InstanceDraft,
  version: '2' | '3',
  report: Report,
): readonly VirtualAddress[] {
  const { lines, unread } = value.virtual_ipaddress ?? { lines: [], unread: 0 };
  const [first] = lines;
  if (first === undefined) {
    if (value.no_virtual_ipaddress !== true && unread === 0) {
      reportNone(at.virtual_ipaddress ?? here, version, report);
    }
    return [];
  }
  const { family } = first.prefix;
  for (const { prefix } of lines) {
    if (prefix.family !== family) {
      report.warn(
        prefix.at,
        `an instance has addresses of one family; keepalived leaves ${prefix.address} out, or does not name it in adverts`,
        'write it into virtual_ipaddress_excluded',
      );
    }
    if (prefix.family === 'ipv6') {
      reportNotYet(prefix.at, 'an IPv6 address', 'it would not move', report);
    }
  }
  reportTwice(
    lines.map(({ prefix }) => prefix),
    report,
  );
  const surplus = lines[MOST_ADDRESSES];
  if (surplus !== undefined) {
    reportNotYet(
      surplus.prefix.at,
      `an instance with ${lines.length} addresses`,
      `an advert has room for ${MOST_ADDRESSES}, and keepalived moves the others without naming them`,
      report,
    );
  } else if (lines.length > USUAL_ADDRESSES) {
    report.note(
      lines[USUAL_ADDRESSES]?.prefix.at ?? here,
      `adverts name ${lines.length} addresses; some routers have room for ${USUAL_ADDRESSES} only`,
    );
  }
  return lines.map(({ prefix: { address, prefixLength }, options }) => ({
    address,
    prefixLength,
    interface: options.value.dev?.text ?? value.interface?.text ?? '',
  }));
}

function reportNone(at: Place, version: '2' | '3', report: Report): void {
  const hint = 'write virtual_ipaddress { 10.0.0.13/24 }';
  if (version === '3') {
    report.error(at, 'there is no address to move; keepalived refuses to start with VRRPv3', hint);
  } else {
    report.warn(at, 'there is no address to move; only the role does, as in keepalived', hint);
  }
}

interface Written {
  readonly address: string;
  readonly at: Place;
}

/** keepalived names such an address twice in its adverts, and so do we: its peers count them. */
function reportTwice(all: readonly Written[], report: Report): void {
  const seen = new Map<string, Place>();
  for (const { address, at } of all) {
    const first = seen.get(address);
    if (first === undefined) seen.set(address, at);
    else report.warn(at, `${address} is there a second time`, `the first is in line ${first.line}`);
  }
}

/**
 * Says which addresses would move with two instances of this router: whichever of the two becomes backup takes them
 * from the other. keepalived says nothing.
 */
export function reportShared(all: readonly CompleteInstance[], report: Report): void {
  const owners = new Map<string, string>();
  for (const { draft, instance } of all) {
    for (const { address, interface: device } of instance.addresses) {
      const other = owners.get(`${address} ${device}`);
      if (other === undefined) owners.set(`${address} ${device}`, draft.name);
      else if (other !== draft.name) {
        const line = draft.values.value.virtual_ipaddress?.lines.find(
          ({ prefix }) => prefix.address === address,
        );
        report.warn(
          line?.prefix.at ?? draft.at,
          `${address} moves with ${other}, too; whichever of the two becomes backup takes it from the other`,
          'write it into one of the two',
        );
      }
    }
  }
}
