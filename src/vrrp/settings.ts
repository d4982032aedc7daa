import { parseIp } from '../lib/address.js';
import { millis } from '../lib/units.js';
import type { RouterSettings } from './core/types.js';
import type { VrrpInstance } from './instance.js';
import { secretBytes } from './wire/advert.js';
import type { Expected } from './wire/packet.js';

export const NO_ADDRESS = new Uint8Array(4);

/** What an instance says of itself, and expects of its peers. @param group where adverts are sent to */
export const expectationsOf = (instance: VrrpInstance, group: Uint8Array): Expected => ({
  ours: {
    version: instance.version,
    family: 'ipv4',
    virtualRouterId: instance.virtualRouterId,
    priority: instance.priority,
    interval: millis(instance.advertIntervalMs),
    addresses: instance.addresses.map(a => parseIp(a.address) ?? NO_ADDRESS),
    authentication:
      instance.authentication === null
        ? { type: 'none' }
        : { type: 'PASS', secret: secretBytes(instance.authentication.password) },
  },
  group,
  peers: instance.unicast?.peers.map(peer => ({ ...peer, address: parseIp(peer.address) ?? NO_ADDRESS })),
  onlyPeers: instance.unicast?.onlyPeers === true,
  checksum: 'pseudo-header',
  oldUnicast: false,
  sequence: 0,
});

/** What its machine goes by. */
export const settingsOf = (instance: VrrpInstance, primaryAddress: Uint8Array): RouterSettings => ({
  version: instance.version,
  priority: instance.priority,
  startAsOwner: instance.startAs === 'MASTER',
  preempt: instance.preempt,
  advertInterval: millis(instance.advertIntervalMs),
  primaryAddress,
});
