// Until somebody takes it, SIGUSR1 would open Node's inspector in a process that runs as root.
process.on('SIGUSR1', () => undefined);

const { main } = await import('../cli/main.js');
await main(process.argv);
