import fc from 'fast-check';
import { hmacMd5 } from '../../../src/io/digest.js';
import type { Family } from '../../../src/lib/address.js';
import { millis, seconds } from '../../../src/lib/units.js';
import { secretBytes, type Advert, type Authentication } from '../../../src/vrrp/wire/advert.js';
import type { Envelope } from '../../../src/vrrp/wire/packet.js';
import { GROUP, GROUP6 } from './golden.js';

const bytes = (length: number): fc.Arbitrary<Uint8Array> =>
  fc.uint8Array({ minLength: length, maxLength: length });

const authentication = fc.oneof(
  fc.constant<Authentication>({ type: 'none' }),
  fc.string().map((password): Authentication => ({ type: 'PASS', secret: secretBytes(password) })),
  fc.string().map((password): Authentication => ({ type: 'AH', secret: secretBytes(password), hmacMd5 })),
);

const NONE = fc.constant<Authentication>({ type: 'none' });

/** A kind of advert, and the addresses it may be sent between. */
function ofKind(version: 2 | 3, family: Family): fc.Arbitrary<{ advert: Advert; envelope: Envelope }> {
  const size = family === 'ipv4' ? 4 : 16;
  const group = family === 'ipv4' ? GROUP : GROUP6;
  // 0x0a and 0xfd: neither is multicast.
  const host = bytes(size).map(one => one.fill(family === 'ipv4' ? 0x0a : 0xfd, 0, 1));
  const advert = fc.record({
    version: fc.constant(version),
    family: fc.constant(family),
    virtualRouterId: fc.integer({ min: 1, max: 255 }),
    priority: fc.integer({ min: 0, max: 255 }),
    interval:
      version === 2
        ? fc.integer({ min: 1, max: 255 }).map(seconds)
        : fc.integer({ min: 1, max: 4095 }).map(centiseconds => millis(centiseconds * 10)),
    addresses: fc.uniqueArray(bytes(size), { maxLength: 255, size: 'max', selector: String }),
    authentication: version === 2 && family === 'ipv4' ? authentication : NONE,
  });
  const envelope = fc
    .record({
      source: host,
      peer: fc.option(fc.record({ destination: host, ttl: fc.integer({ min: 0, max: 255 }) }), {
        nil: { destination: group, ttl: 255 },
      }),
      group: fc.constant(group),
      identification: fc.integer({ min: 1, max: 0xffff }),
      form: fc.constantFrom('pseudo-header', 'message', 'old-unicast'),
      sequence: fc.integer({ min: 1, max: 0xffffffff }),
    })
    .map(({ peer, form, ...rest }): Envelope => {
      const multicast = peer.destination === group;
      return { ...rest, ...peer, checksum: multicast && form === 'old-unicast' ? 'message' : form };
    });
  return fc.record({ advert, envelope });
}

/** Every advert there can be, on every way there is. */
export const advertAndEnvelope = fc.oneof(
  ofKind(2, 'ipv4'),
  ofKind(3, 'ipv4'),
  ofKind(2, 'ipv6'),
  ofKind(3, 'ipv6'),
);
