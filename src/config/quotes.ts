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
export const isQuoted = (text: string, at: number): boolean => quotedIn(text)(at);

/** The same for many characters of a text, asked for from left to right. */
export function quotedIn(text: string): (at: number) => boolean {
  let start = text.indexOf('"');
  let end = start < 0 ? -1 : endOfQuotes(text, start);
  return at => {
    while (start >= 0 && end >= 0 && end <= at) {
      start = text.indexOf('"', end);
      end = start < 0 ? -1 : endOfQuotes(text, start);
    }
    return start >= 0 && start < at;
  };
}
