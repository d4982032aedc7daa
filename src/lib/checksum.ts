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
