/** Exit statuses that scripts rely on (docs/commands.md). */
export const EXIT = {
  ok: 0,
  /** The question was answered with no: a file that cannot be used. */
  no: 1,
  configRefused: 2,
  noAgent: 3,
  /** A privilege or a part of the kernel is missing. */
  missing: 4,
  usage: 64,
} as const;
