import type { CheckPorts } from '../checkers/driver.js';
import { tcpConnect } from '../io/connect.js';
import { random, udpDatagrams } from '../io/datagram.js';
import { md5 } from '../io/digest.js';
import { echoes } from '../io/echo.js';
import { nodeClock } from '../io/node-clock.js';
import { scriptProcesses } from '../io/script-process.js';
import { wallNow } from '../io/wall.js';
import { Turnstile } from '../lib/turnstile.js';
import type { ScriptPort } from '../ports/script.js';

/** Programs that run at once; more than these would only take the machine from each other. */
const MOST_SCRIPTS = 64;

/** A program that waits for its turn has not begun, and its time does not run. */
function scripts(): ScriptPort {
  const port = scriptProcesses();
  const turnstile = new Turnstile(MOST_SCRIPTS);
  let isOver = false;
  return {
    run: (command, limit) =>
      turnstile.pass(() =>
        isOver ? Promise.resolve({ how: 'refused', why: 'the agent ends' }) : port.run(command, limit),
      ),
    stop: () => {
      isOver = true;
      port.stop();
    },
  };
}

/** @returns what checks need of this machine; nothing is opened before the first check needs it */
export const probing = (): Omit<CheckPorts, 'log'> => ({
  clock: nodeClock,
  connect: tcpConnect,
  datagrams: udpDatagrams,
  echoes: echoes(),
  random,
  scripts: scripts(),
  md5,
  wall: wallNow,
});
