/** A line as it stands in a file, without its line end, its comment and the backslash that makes it go on. */
export interface Physical {
  readonly text: string;
  /** With its `#` or `!`. */
  readonly comment: string | undefined;
  /** Does a backslash join the next line to it? */
  readonly goesOn: boolean;
}

const MAY_BE_MORE = /[#!\\]/;

/**
 * Takes a line of a file apart. keepalived does so before anything else (lib/parser.c, decomment), so that nothing
 * in a comment is looked at, and a backslash at the end of a comment still joins the lines of a definition.
 */
export function physicalLine(line: string): Physical {
  const whole = line.endsWith('\r') ? line.slice(0, -1) : line;
  if (!MAY_BE_MORE.test(whole)) return { text: whole, comment: undefined, goesOn: false };
  const end = /\\\s*$/.exec(whole);
  const at = commentAt(whole);
  if (at < 0) return { text: whole.slice(0, end?.index), comment: undefined, goesOn: end !== null };
  const comment = whole.slice(at).replace(/[\\\s]+$/, '');
  return { text: whole.slice(0, at), comment, goesOn: end !== null };
}

/** Is it nothing but a comment? */
export const isComment = (line: Physical): boolean => line.comment !== undefined && line.text.trim() === '';

/** Comments that come to stand behind one line. */
export const joinComments = (...comments: readonly (string | undefined)[]): string | undefined => {
  const some = comments.filter(comment => comment !== undefined);
  return some.length === 0 ? undefined : some.join(' ');
};

/** Where a `#` or `!` begins a comment, as the lexer sees quotes and backslashes; -1 where none does. */
function commentAt(text: string): number {
  let quoted = false;
  for (let i = 0; i < text.length; i++) {
    switch (text.charAt(i)) {
      case '\\':
        if ((quoted ? /"/ : /[#!"\\]/).test(text.charAt(i + 1))) i++;
        break;
      case '"':
        quoted = !quoted;
        break;
      case '#':
      case '!':
        if (!quoted) return i;
        break;
    }
  }
  return -1;
}
