/** Beyond this it is no slip any more. */
const MOST_SLIPS = 3;
/** Among more words none is looked for: it would take too long. */
const MOST_WORDS = 1000;

/**
 * The known word an operator most likely meant.
 * @param word what was written
 * @param known what could have been written
 * @returns the closest by edit distance (a swap of neighbours counts once), if it is close enough to be a slip
 */
export function nearest(word: string, known: Iterable<string>): string | undefined {
  const written = word.toLowerCase();
  let best: string | undefined;
  let most = Math.min(MOST_SLIPS, Math.floor(word.length / 2));
  let count = 0;
  for (const candidate of known) {
    if (++count > MOST_WORDS) return undefined;
    const distance = editDistance(written, candidate.toLowerCase(), most);
    // Of several that are as close, the first.
    if (distance > most || (best !== undefined && distance === most)) continue;
    most = distance;
    best = candidate;
  }
  return best;
}

/**
 * Optimal string alignment distance: insert, delete, replace, or swap two neighbours.
 * @returns some number above `most` as soon as it is known to be that
 */
function editDistance(a: string, b: string, most: number): number {
  const beyond = most + 1;
  if (Math.abs(a.length - b.length) > most) return beyond;
  let before: number[] = [];
  let row = Array.from({ length: b.length + 1 }, (_, j) => j);
  for (let i = 1; i <= a.length; i++) {
    const next: number[] = [i];
    let nearby = i;
    const last = Math.min(b.length, i + most);
    for (let j = 1; j <= last; j++) {
      if (j < i - most) {
        next.push(beyond);
        continue;
      }
      const same = a[i - 1] === b[j - 1] ? 0 : 1;
      let least = Math.min(
        (row[j] ?? beyond) + 1,
        (next[j - 1] ?? beyond) + 1,
        (row[j - 1] ?? beyond) + same,
      );
      if (i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1]) {
        least = Math.min(least, (before[j - 2] ?? beyond) + 1);
      }
      next.push(least);
      nearby = Math.min(nearby, least);
    }
    // Also a swap, which reaches back two rows, costs one.
    if (nearby > most) return beyond;
    before = row;
    row = next;
  }
  return row[b.length] ?? beyond;
}
