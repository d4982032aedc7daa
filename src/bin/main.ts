import { setFlagsFromString } from 'node:v8';

// Until somebody takes it, SIGUSR1 would open Node's inspector in a process that runs as root.
process.on('SIGUSR1', () => undefined);

// The supervisor is at work for months and has little to do: compiling for speed would cost it 5 MB.
if (process.argv[2] === 'run') setFlagsFromString('--no-opt');

const { main } = await import('../cli/main.js');
await main(process.argv);
