import type { CheckPorts } from '../../src/checkers/driver.js';

const never = (): never => {
  throw new Error('nobody asks this way here');
};

/** What a test of other checks leaves alone. */
export const silence: Pick<CheckPorts, 'datagrams' | 'echoes' | 'random' | 'scripts'> = {
  datagrams: { ask: never },
  echoes: { echo: never },
  random: never,
  scripts: { run: never, stop: () => undefined },
};
