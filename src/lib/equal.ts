/** Are two pieces of plain data the same? Objects by their own fields, an absent one as one that is undefined. */
export function isDeepEqual(a: unknown, b: unknown): boolean {
  if (Object.is(a, b)) return true;
  if (typeof a !== 'object' || typeof b !== 'object' || a === null || b === null) return false;
  if (Array.isArray(a) !== Array.isArray(b)) return false;
  const one = a as Readonly<Record<string, unknown>>;
  const other = b as Readonly<Record<string, unknown>>;
  if (Array.isArray(a) && a.length !== (b as readonly unknown[]).length) return false;
  return [...new Set([...Object.keys(one), ...Object.keys(other)])].every(key =>
    isDeepEqual(one[key], other[key]),
  );
}
