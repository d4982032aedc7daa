// A web server of the lab: answers every request with the name it was given.
import { createServer } from 'node:http';

const [name = 'web'] = process.argv.slice(2);
createServer((_, response) => {
  // One request a connection, as `curl` makes them: nothing lingers in the directors' tables.
  response.writeHead(200, { 'content-type': 'text/plain', connection: 'close' }).end(`${name}\n`);
}).listen(80, () => console.log('listening'));
