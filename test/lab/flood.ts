import { randomBytes, randomInt } from 'node:crypto';
import { openAdvertSocket } from '../../src/io/advert-socket.js';
import { openLinks } from '../../src/io/links.js';
import { hex } from '../fakes/hex.js';

// Sends broken adverts from the namespace it runs in: random ones, and good ones cut short or with bytes changed.
const count = Number(process.argv[2] ?? 1000);
const GROUP = Uint8Array.of(224, 0, 0, 18);
/** A good advert of 10.0.0.16 for VRID 51 and 10.0.0.13, but with a password that nobody has. */
const advert = hex(`
  45 c0 00 28  00 01 00 00  ff 70 00 00  0a 00 00 10  e0 00 00 12
  21 33 ff 01  01 01 00 00  0a 00 00 0d  78 78 78 78 00 00 00 00
`);

const links = await openLinks(() => undefined);
const link = links.view().links.find(l => l.name === 'eth0');
if (link === undefined) throw new Error('there is no eth0 here');
const socket = openAdvertSocket({
  interfaceName: 'eth0',
  interfaceIndex: link.index,
  group: '224.0.0.18',
  onPackets: () => undefined,
});
for (let i = 0; i < count; i++) {
  const packet =
    i % 3 === 0
      ? Uint8Array.from([...advert.subarray(0, 20), ...randomBytes(randomInt(0, 80))])
      : Uint8Array.from(advert);
  if (i % 3 === 1) packet[20 + randomInt(20)] = randomInt(256);
  const length = i % 3 === 2 ? 20 + randomInt(advert.length - 20) : packet.length;
  socket.send(packet.subarray(0, length), GROUP);
  // The receiver's loop gets a turn now and then, as it would on any wire.
  if (i % 200 === 0) await new Promise(next => setTimeout(next, 2));
}
socket.close();
links.close();
