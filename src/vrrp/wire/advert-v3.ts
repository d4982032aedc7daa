import { millis, type Millis } from '../../lib/units.js';
import { encodeFixedFields, type Advert } from './advert.js';

/*
 * VRRPv3 (RFC 9568 §5.1):
 *
 *    0                   1                   2                   3
 *    0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1
 *   |  3    |  1    | virtual rtr id|   priority    | count of addrs|
 *   |reserve| longest interval, cs  |           checksum            |
 *   |              address 1 … address n, 4 or 16 bytes each        |
 */
const INTERVAL = 4;
const CENTISECOND = 10;
const LONGEST_CENTISECONDS = 0x0fff;

/** @returns the interval as it is on the wire: in whole hundredths of a second. */
export const roundedV3 = (interval: Millis): Millis =>
  millis(Math.round(interval / CENTISECOND) * CENTISECOND);

/**
 * @returns the message with a checksum of 0; the interval is rounded to hundredths of a second
 * @throws RangeError for what no advert can say, such as an interval that is not 0.01 to 40.95 s
 */
export function encodeV3(advert: Advert): Uint8Array {
  const interval = roundedV3(advert.interval) / CENTISECOND;
  if (!(interval >= 1 && interval <= LONGEST_CENTISECONDS)) {
    throw new RangeError(`an interval of ${advert.interval} ms`);
  }
  const bytes = encodeFixedFields(advert);
  new DataView(bytes.buffer).setUint16(INTERVAL, interval);
  return bytes;
}

/**
 * The reserved bits before it are ignored (RFC 9568 §5.2.6).
 * @param message whole, without padding
 */
export const intervalV3 = (message: Uint8Array): Millis =>
  millis(((((message[INTERVAL] ?? 0) & 0x0f) << 8) | (message[INTERVAL + 1] ?? 0)) * CENTISECOND);
