import type { CheckPorts } from '../checkers/driver.js';
import { tcpConnect } from '../io/connect.js';
import { random, udpDatagrams } from '../io/datagram.js';
import { md5 } from '../io/digest.js';
import { echoes } from '../io/echo.js';
import { nodeClock } from '../io/node-clock.js';
import { wallNow } from '../io/wall.js';

/** @returns what checks need of this machine; nothing is opened before the first check needs it */
export const probing = (): Omit<CheckPorts, 'log'> => ({
  clock: nodeClock,
  connect: tcpConnect,
  datagrams: udpDatagrams,
  echoes: echoes(),
  random,
  md5,
  wall: wallNow,
});
