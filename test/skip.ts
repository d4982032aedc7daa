const reasons = new WeakMap<object, string>();

/** Skips the running test, or, in a `before` hook, its whole block, and lets the runner say why. */
export function skip(context: Mocha.Context, reason: string): never {
  const runnable = context.runnable() as Mocha.Test | Mocha.Hook;
  for (const owner of [
    runnable,
    runnable.type === 'hook' ? runnable.parent : undefined,
    context.currentTest,
  ]) {
    if (owner) reasons.set(owner, reason);
  }
  return context.skip();
}

/** @returns why a test was skipped: what was said about it or about the blocks around it. */
export function whySkipped(test: Mocha.Test): string {
  for (let owner: Mocha.Test | Mocha.Suite | undefined = test; owner; owner = owner.parent) {
    const reason = reasons.get(owner);
    if (reason !== undefined) return reason;
  }
  return 'no reason given';
}
