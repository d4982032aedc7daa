// Puts Ethernet frames on this host's eth0 as they are given:  node forge.js HEX…
import { readFileSync } from 'node:fs';
import { openPacketSocket } from '../../src/io/native.js';

const interfaceIndex = Number(readFileSync('/sys/class/net/eth0/ifindex', 'utf8'));
const frames = process.argv.slice(2).map(hex => Buffer.from(hex, 'hex'));
const socket = openPacketSocket({ interfaceIndex });
const { sent, error } = socket.sendAll(frames);
socket.close();
if (sent !== frames.length) {
  console.error(`${sent} of ${frames.length} frames left: ${error ?? 'no error'}`);
  process.exitCode = 1;
}
