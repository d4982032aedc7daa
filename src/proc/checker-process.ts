import { ipvsadm } from '../io/ipvsadm.js';
import { ownedFile } from '../io/owned-file.js';
import type { Channel } from '../ipc/channel.js';
import type { IpvsState } from '../ipc/document.js';
import type { CheckerConfig, FromChecker, ToChild } from '../ipc/messages.js';
import { never } from '../lib/never.js';
import { IpvsUnavailable } from '../ports/ipvs.js';
import type { Log } from '../ports/log.js';
import { Director, type DirectorPorts } from './director.js';
import { probing } from './probing.js';

/** What the checker process is made of. */
export interface CheckerParts {
  readonly ports: (config: CheckerConfig, log: Log) => DirectorPorts;
  /** Ends the process; called once. */
  readonly exit: (code: number) => void;
}

const REAL: CheckerParts = {
  ports: (config, log) => ({
    ...probing(),
    ipvs: ipvsadm(config.ipvsadm),
    owned: ownedFile(config.ownedFile),
    log,
  }),
  exit: code => process.exit(code),
};

/**
 * The checker process: runs the file's checks and keeps the kernel's IPVS table.
 *
 * A supervisor that is gone leaves the table as it is, since its successor's checker adopts it; only `stop` takes
 * down what is ours.
 */
export function runChecker(
  channel: Channel<ToChild<CheckerConfig>, FromChecker>,
  { ports, exit }: CheckerParts = REAL,
): void {
  const log: Log = (level, sentence, fields = {}) => channel.send({ type: 'log', level, sentence, fields });
  let director: Director | undefined;
  let starting: Promise<void> = Promise.resolve();

  channel.onDisconnect(() => exit(0));
  channel.receive(message => {
    switch (message.type) {
      case 'start':
        director = new Director(ports(message.config, log));
        starting = start(director, message.config);
        break;
      case 'dump':
        channel.send({ type: 'dump', id: message.id, state: director?.dump() ?? NOTHING });
        break;
      case 'stop':
        void starting
          .then(() => director?.stop())
          .then(() => {
            channel.close();
            exit(0);
          });
        break;
      case 'prepare':
        void starting.then(() => prepare(message.id, message.config));
        break;
      case 'commit':
        void commit(message.id);
        break;
      default:
        never(message);
    }
  });

  async function start(started: Director, config: CheckerConfig): Promise<void> {
    try {
      await started.start(config.services);
    } catch (error) {
      if (!(error instanceof IpvsUnavailable)) throw error;
      channel.send({ type: 'missing', what: error.message });
      return;
    }
    channel.send({ type: 'ready' });
  }

  async function prepare(id: number, config: CheckerConfig): Promise<void> {
    const plan = await director?.prepare(config.services);
    if (plan?.ok === true) channel.send({ type: 'prepared', id, plan: plan.value });
    else channel.send({ type: 'refused', id, why: plan?.error ?? NOT_STARTED });
  }

  async function commit(id: number): Promise<void> {
    const done = director?.commit();
    if (done === undefined) {
      channel.send({ type: 'refused', id, why: 'nothing was prepared' });
      return;
    }
    await done;
    channel.send({ type: 'committed', id });
  }
}

const NOTHING: IpvsState = { inSync: false, checkedAt: null, refused: [], services: [] };
const NOT_STARTED = 'the checker process has not begun';
