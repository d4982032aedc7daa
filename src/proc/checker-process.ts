import type { Check } from '../checkers/check.js';
import { CheckDriver, type CheckView } from '../checkers/driver.js';
import type { Verdict } from '../checkers/core/health.js';
import { tcpConnect } from '../io/connect.js';
import { md5 } from '../io/digest.js';
import { ipvsadm } from '../io/ipvsadm.js';
import { nodeClock } from '../io/node-clock.js';
import { ownedFile } from '../io/owned-file.js';
import { wallNow } from '../io/wall.js';
import type { Channel } from '../ipc/channel.js';
import type { IpvsState } from '../ipc/document.js';
import type { CheckerConfig, FromChecker, ToChild } from '../ipc/messages.js';
import { render } from '../ipvs/core/render.js';
import { serverKey, type IpvsTable } from '../ipvs/core/table.js';
import { TableKeeper } from '../ipvs/keeper.js';
import { serviceName } from '../ipvs/service.js';
import { never } from '../lib/never.js';
import { IpvsUnavailable } from '../ports/ipvs.js';
import type { Log } from '../ports/log.js';
import { namedChecks, showService, verdictOn, type NamedCheck } from './checker-view.js';

/**
 * The checker process: runs the file's checks and keeps the kernel's IPVS table.
 *
 * A supervisor that is gone leaves the table as it is, since its successor's checker adopts it; only `stop` takes
 * down what is ours.
 * @param exit ends the process; called once
 */
export function runChecker(
  channel: Channel<ToChild<CheckerConfig>, FromChecker>,
  exit: (code: number) => void = code => process.exit(code),
): void {
  const log: Log = (level, sentence, fields = {}) => channel.send({ type: 'log', level, sentence, fields });
  let director: Director | undefined;
  let starting: Promise<void> = Promise.resolve();

  channel.onDisconnect(() => exit(0));
  channel.receive(message => {
    switch (message.type) {
      case 'start':
        director = new Director(message.config, log);
        starting = start(director);
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
      case 'commit':
        channel.send({ type: 'refused', id: message.id, why: 'reload is not supported yet' });
        break;
      default:
        never(message);
    }
  });

  async function start(started: Director): Promise<void> {
    try {
      await started.start();
    } catch (error) {
      if (!(error instanceof IpvsUnavailable)) throw error;
      channel.send({ type: 'missing', what: error.message });
      return;
    }
    channel.send({ type: 'ready' });
  }
}

const NOTHING: IpvsState = { inSync: false, checkedAt: null, refused: [], services: [] };

/** Checks and table together: a verdict that changes becomes a table that changes. */
class Director {
  readonly #config: CheckerConfig;
  readonly #log: Log;
  readonly #keeper: TableKeeper;
  readonly #checks: ReadonlyMap<string, NamedCheck>;
  readonly #driver: CheckDriver;
  /** The kernel's table as it was found. */
  #start: IpvsTable = new Map();
  #keeping = false;

  constructor(config: CheckerConfig, log: Log) {
    this.#config = config;
    this.#log = log;
    this.#checks = new Map(namedChecks(config.services).map(named => [named.name, named]));
    this.#keeper = new TableKeeper({
      ipvs: ipvsadm(config.ipvsadm),
      owned: ownedFile(config.ownedFile),
      clock: nodeClock,
      log,
      wall: wallNow,
    });
    this.#driver = new CheckDriver(
      { clock: nodeClock, connect: tcpConnect, md5, log, wall: wallNow },
      new Map([...this.#checks].map(([name, { check }]): [string, Check] => [name, check])),
      (name, from, view) => this.#changed(name, from, view),
    );
  }

  /** @throws IpvsUnavailable when there are services and no IPVS to hold them */
  async start(): Promise<void> {
    if (this.#config.services.length === 0 && this.#keeper.owned.size === 0) return;
    try {
      this.#start = await this.#keeper.look();
    } catch (error) {
      // Nothing is wanted, and where there is no IPVS there is nothing of ours left in it either.
      if (error instanceof IpvsUnavailable && this.#config.services.length === 0) return;
      throw error;
    }
    this.#keeping = true;
    this.#keeper.keep(() => this.#desired(), this.#start);
    this.#driver.start();
  }

  async stop(): Promise<void> {
    this.#driver.stop();
    if (this.#keeping) await this.#keeper.takeDown();
  }

  dump(): IpvsState {
    const viewOf = (name: string): CheckView => this.#driver.view(name);
    const desired = this.#desired();
    const { inSync, checkedAt, refused, observed } = this.#keeper;
    return {
      inSync: inSync || !this.#keeping,
      checkedAt,
      refused,
      services: this.#config.services.map(service => showService(service, viewOf, desired, observed)),
    };
  }

  #desired(): IpvsTable {
    return render(
      this.#config.services,
      (service, server) => verdictOn(service, server, name => this.#driver.view(name)),
      this.#start,
    );
  }

  /** A check has changed its mind: says what that makes of its server, and has the table looked at. */
  #changed(name: string, from: Verdict, view: CheckView): void {
    const named = this.#checks.get(name);
    if (named === undefined) return;
    const { service, server, check } = named;
    const viewOf = (other: string): CheckView => this.#driver.view(other);
    const now = verdictOn(service, server, viewOf);
    const before = verdictOn(service, server, other =>
      other === name ? { ...viewOf(other), verdict: from } : viewOf(other),
    );
    if (now !== before) {
      const sentence =
        now === 'UP' ? 'real server up' : now === 'DOWN' ? 'real server down' : 'real server unknown';
      this.#log('info', sentence, {
        service: serviceName(service),
        server: serverKey(server),
        check: check.type,
        reason: view.reason,
        detail: view.detail,
        latencyMs: view.latencyMs,
      });
    }
    void this.#keeper.changed();
  }
}
