import { parseIp } from '../lib/address.js';
import { millis } from '../lib/units.js';
import type { RouterSettings } from './core/types.js';
import type { VrrpInstance } from './instance.js';
import { passwordBytes, type AdvertV2 } from './wire/advert-v2.js';

export const NO_ADDRESS = new Uint8Array(4);

/** What an instance says of itself, and expects of its peers. */
export const advertOf = (instance: VrrpInstance): AdvertV2 => ({
  virtualRouterId: instance.virtualRouterId,
  priority: instance.priority,
  interval: millis(instance.advertIntervalMs),
  addresses: instance.addresses.map(a => parseIp(a.address) ?? NO_ADDRESS),
  password: instance.authentication === null ? undefined : passwordBytes(instance.authentication.password),
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
