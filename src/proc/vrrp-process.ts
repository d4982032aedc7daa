import type { Channel } from '../ipc/channel.js';
import type { VrrpState } from '../ipc/document.js';
import type { FromVrrp, ToVrrp } from '../ipc/messages.js';
import { never } from '../lib/never.js';
import type { Log } from '../ports/log.js';
import { endRealtime, takeRealtime } from './realtime.js';
import { Routers } from './routers.js';

type VrrpChannel = Channel<ToVrrp, FromVrrp>;

/** Before it has begun. */
const NOTHING: VrrpState = { instances: [], groups: [], dropped: {} };

/**
 * The vrrp process: adverts, addresses and announcements, and nothing else. It spawns no program and reads no
 * file of the operator's. When the supervisor is gone it hands over, as if it had been told to stop.
 */
export function runVrrp(channel: VrrpChannel): void {
  const log: Log = (level, sentence, fields = {}) => channel.send({ type: 'log', level, sentence, fields });
  let routers: Routers | undefined;
  const stop = async (): Promise<void> => {
    await routers?.stop();
    endRealtime();
    channel.close();
    process.exit(0);
  };
  channel.onDisconnect(() => void stop());
  channel.receive(message => {
    switch (message.type) {
      case 'start':
        takeRealtime(message.config.realtime, log);
        routers = new Routers(message.config, channel, log);
        routers.start().catch((error: unknown) => failed(error, channel));
        return;
      case 'standing':
        routers?.standing(message.script, message.standing);
        return;
      case 'stop':
        void stop();
        return;
      case 'dump':
        channel.send({ type: 'dump', id: message.id, state: routers?.state() ?? NOTHING });
        return;
      case 'prepare':
        if (routers === undefined) return;
        channel.send({
          type: 'prepared',
          id: message.id,
          plan: { instances: routers.prepare(message.config.instances) },
        });
        return;
      case 'commit':
        void routers?.commit().then(() => channel.send({ type: 'committed', id: message.id }));
        return;
      default:
        never(message);
    }
  });
}

/** Without the right to open its sockets, no number of respawns will help. Everything else is a crash. */
function failed(error: unknown, channel: VrrpChannel): void {
  const { code, syscall } = error as NodeJS.ErrnoException;
  if (code !== 'EPERM' && code !== 'EACCES') throw error;
  channel.send({
    type: 'missing',
    what: `the right to open raw sockets (${code} from ${syscall ?? 'a socket'}): run it as root, or with CAP_NET_RAW and CAP_NET_ADMIN`,
  });
}
