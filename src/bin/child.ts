import { parentChannel } from '../io/fork.js';

// The supervisor decides when a child ends. A Ctrl-C in the terminal, or a signal to the whole group, is its affair.
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP', 'SIGUSR1', 'SIGUSR2'] as const) {
  process.on(signal, () => undefined);
}

const role = process.argv[2] ?? '';
process.title = `holdfast: ${role}`;
switch (role) {
  case 'vrrp': {
    const { runVrrp } = await import('../proc/vrrp-process.js');
    runVrrp(parentChannel());
    break;
  }
  case 'checker': {
    const { runChecker } = await import('../proc/checker-process.js');
    runChecker(parentChannel());
    break;
  }
  default:
    throw new Error(`holdfast has no process "${role}"`);
}
