/**
 * Spreads names over an interval, the same way in every run: FNV-1a, 32 bits.
 * @returns a fraction, 0 <= f < 1
 */
export function spread(name: string): number {
  let hash = 0x811c9dc5;
  for (let i = 0; i < name.length; i++) {
    hash = Math.imul(hash ^ name.charCodeAt(i), 0x01000193);
  }
  return (hash >>> 0) / 2 ** 32;
}
