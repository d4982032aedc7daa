/**
 * The Internet checksum (RFC 1071) over the parts as if they were one, each part padded to 16 bits.
 * A message that carries its own right checksum sums to 0.
 * @returns the ones' complement of the ones' complement sum, 0..0xffff
 */
export function internetChecksum(...parts: readonly Uint8Array[]): number {
  let sum = 0;
  for (const part of parts) {
    for (let i = 0; i < part.length; i += 2) {
      sum += ((part[i] ?? 0) << 8) | (part[i + 1] ?? 0);
    }
  }
  while (sum > 0xffff) {
    sum = (sum & 0xffff) + (sum >>> 16);
  }
  return ~sum & 0xffff;
}

/**
 * What a checksum covers of the IP header: the form of RFC 793 §3.1 for IPv4, that of RFC 8200 §8.1 for IPv6.
 * @param source 4 or 16 bytes, as many as `destination`
 * @param protocol of the message, also known as next header
 * @param length of the message, in bytes
 */
export function pseudoHeader(
  source: Uint8Array,
  destination: Uint8Array,
  protocol: number,
  length: number,
): Uint8Array {
  const addresses = source.length + destination.length;
  const ipv4 = source.length === 4;
  const header = new Uint8Array(addresses + (ipv4 ? 4 : 8));
  const view = new DataView(header.buffer);
  header.set(source, 0);
  header.set(destination, source.length);
  if (ipv4) {
    view.setUint8(addresses + 1, protocol);
    view.setUint16(addresses + 2, length);
  } else {
    view.setUint32(addresses, length);
    view.setUint8(addresses + 7, protocol);
  }
  return header;
}
