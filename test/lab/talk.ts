// A long talk in the lab: a server that says everything back, and a client that has it say something back 50 times a
// second, on one connection and no other:  node talk.js server PORT    node talk.js client ADDRESS PORT
import { connect, createServer } from 'node:net';

const [role, ...args] = process.argv.slice(2);

if (role === 'server') {
  createServer(socket => socket.on('error', () => undefined).pipe(socket)).listen(Number(args[0]), () =>
    console.log('listening'),
  );
} else {
  const [address = '', port] = args;
  let said = 0;
  let heard = 0;
  const socket = connect(Number(port), address)
    .on('data', (part: Buffer) => {
      heard += part.length;
      console.log(`heard ${heard} of ${said}`);
    })
    .on('error', (error: Error) => console.log(`broken: ${error.message}`))
    .on('close', () => console.log('broken'));
  setInterval(() => {
    said++;
    socket.write('.');
  }, 20);
}
