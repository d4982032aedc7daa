/**
 * Closes an exhaustive `switch`: a union that has grown no longer compiles here.
 * @throws always, since it can only be reached when a type has lied
 */
export function never(value: never): never {
  throw new Error(`cannot be: ${JSON.stringify(value)}`);
}
