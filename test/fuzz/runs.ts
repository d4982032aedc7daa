/** The share of `make test`; FUZZ=1000000 makes it so many runs of each property. */
const many = process.env['FUZZ'];
const seed = process.env['SEED'];

/**
 * @param share how many runs of a property are enough for every day
 * @returns parameters for `fc.assert`; a failure prints its seed, and SEED=n plays it again
 */
export const runs = (share: number): { numRuns: number; seed?: number } => ({
  numRuns: many === undefined ? share : Number(many),
  ...(seed === undefined ? {} : { seed: Number(seed) }),
});

/** How long one test may take, in ms. */
export const PATIENCE_MS = many === undefined ? 60_000 : 1_800_000;
