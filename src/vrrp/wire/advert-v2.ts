import { inSeconds, seconds, type Millis } from '../../lib/units.js';
import { AUTH_BYTES, encodeFixedFields, sameSecret, type Advert, type Authentication } from './advert.js';

/*
 * VRRPv2 (RFC 3768 §5.1, with the authentication of RFC 2338 §5.3.6):
 *
 *    0                   1                   2                   3
 *    0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1
 *   |  2    |  1    | virtual rtr id|   priority    | count of addrs|
 *   |   auth type   |  interval, s  |           checksum            |
 *   |                 address 1 … address n, 4 bytes each           |
 *   |            authentication, 8 bytes, zero when there is none   |
 *
 * keepalived also sends it over IPv6 if it is told to: with addresses of 16 bytes, and without authentication bytes.
 */
const AUTH_TYPE = 4;
const INTERVAL = 5;
const LONGEST_SECONDS = 255;

const AUTH_TYPES: Readonly<Record<Authentication['type'], number>> = { none: 0, PASS: 1, AH: 2 };

/**
 * @returns the message with a checksum of 0
 * @throws RangeError for what no advert can say, such as an interval that is not 1 to 255 whole seconds
 */
export function encodeV2(advert: Advert): Uint8Array {
  const interval = inSeconds(advert.interval);
  if (!Number.isInteger(interval) || interval < 1 || interval > LONGEST_SECONDS) {
    throw new RangeError(`an interval of ${interval} s`);
  }
  const { authentication } = advert;
  const bytes = encodeFixedFields(advert);
  bytes[AUTH_TYPE] = AUTH_TYPES[authentication.type];
  bytes[INTERVAL] = interval;
  if (authentication.type === 'PASS') bytes.set(authentication.secret, bytes.length - AUTH_BYTES);
  return bytes;
}

/** @param message whole, without padding */
export const intervalV2 = (message: Uint8Array): Millis => seconds(message[INTERVAL] ?? 0);

/**
 * Judges what the message itself says of its authentication; for AH that is nothing but its name.
 * @param message whole, without padding
 */
export function judgeAuthentication(
  message: Uint8Array,
  ours: Authentication,
): 'auth-type' | 'auth' | undefined {
  if (message[AUTH_TYPE] !== AUTH_TYPES[ours.type]) return 'auth-type';
  if (ours.type !== 'PASS') return undefined;
  return sameSecret(message.subarray(message.length - AUTH_BYTES), ours.secret) ? undefined : 'auth';
}
