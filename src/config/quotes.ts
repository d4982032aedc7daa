/**
 * Where quotes end. A backslash takes the next character with it, so `\"` ends nothing.
 * @param start where the opening quote stands
 * @returns the index behind the closing quote, or -1 where there is none
 */
export function endOfQuotes(text: string, start: number): number {
  for (let i = start + 1; i < text.length; i++) {
    const c = text.charAt(i);
    if (c === '"') return i + 1;
    if (c === '\\') i++;
  }
  return -1;
}

/** Does a character stand between quotes, or behind one that is never closed? */
export function isQuoted(text: string, at: number): boolean {
  for (let i = text.indexOf('"'); i >= 0 && i < at; i = text.indexOf('"', i)) {
    const end = endOfQuotes(text, i);
    if (end < 0 || end > at) return true;
    i = end;
  }
  return false;
}
