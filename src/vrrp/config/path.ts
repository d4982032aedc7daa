import { familyOf } from '../../lib/address.js';
import { reportNotYet } from '../../lib/keyword.js';
import type { Report } from '../../lib/problem.js';
import type { Unicast } from '../instance.js';
import type { PlacedAddress } from '../keywords/kinds.js';
import type { InstanceDraft, VrrpDefaults } from './instance.js';

const ANY_TTL = { least: 0, most: 255 };
const USUAL_TTL = 255;

type InstanceValues = InstanceDraft['values']['value'];

/** @returns where adverts come from; where the file names two sources, the one for unicast counts */
export function completeSource(
  { unicast_src_ip: unicast, mcast_src_ip: multicast }: InstanceValues,
  report: Report,
): string | null {
  const source = unicast ?? multicast;
  return source !== undefined && isIpv4(source, report) ? source.text : null;
}

/** @returns whom adverts go to one by one; null for the multicast group, also where no peer is listed */
export function completeUnicast(
  { unicast_peer: peers = [], unicast_ttl: ttl = USUAL_TTL, check_unicast_src: check }: InstanceValues,
  defaults: VrrpDefaults,
  report: Report,
): Unicast | null {
  const all = peers.filter(({ address }) => isIpv4(address, report));
  if (all.length === 0) return null;
  return {
    peers: all.map(({ address, options: { value } }) => ({
      address: address.text,
      leastTtl: value.min_ttl ?? ANY_TTL.least,
      mostTtl: value.max_ttl ?? ANY_TTL.most,
    })),
    ttl,
    onlyPeers: check ?? defaults.onlyPeers,
  };
}

function isIpv4({ text, bytes, at }: PlacedAddress, report: Report): boolean {
  if (familyOf(bytes) === 'ipv4') return true;
  reportNotYet(at, text, 'adverts are those of IPv4', report);
  return false;
}
