import type { Check } from '../checkers/check.js';
import { CheckDriver, type CheckPorts, type CheckView } from '../checkers/driver.js';
import type { Verdict } from '../checkers/core/health.js';
import type { IpvsState } from '../ipc/document.js';
import type { TablePlan } from '../ipc/messages.js';
import { diff } from '../ipvs/core/diff.js';
import { toLine } from '../ipvs/core/ipvsadm.js';
import { gather, quorum, renderService, type Quorum, type Standing } from '../ipvs/core/render.js';
import { reuse } from '../ipvs/core/reuse.js';
import { sameTable, serverKey, type IpvsTable } from '../ipvs/core/table.js';
import { TableKeeper } from '../ipvs/keeper.js';
import { serviceName, type RealServer, type VirtualServer } from '../ipvs/service.js';
import { err, ok, type Result } from '../lib/result.js';
import { after, millis, type Millis } from '../lib/units.js';
import { IpvsUnavailable, type IpvsPort } from '../ports/ipvs.js';
import type { OwnedPort } from '../ports/owned.js';
import { showPlace, showService, verdictOn, type Place } from './checker-view.js';
import { succession, type Succession } from './succession.js';

/** How long a reload waits for the table to follow. */
const COMMIT_LIMIT = millis(5000);

export interface DirectorPorts extends CheckPorts {
  readonly ipvs: IpvsPort;
  readonly owned: OwnedPort;
}

/** A service's part of the desired table. */
interface Rendered {
  readonly table: IpvsTable;
  readonly quorum: Quorum;
}

/** Where servers stand, and which services had their quorum. */
interface Known {
  readonly standings: Pick<ReadonlyMap<RealServer, Standing>, 'get'>;
  readonly quorums: Pick<ReadonlyMap<VirtualServer, boolean | undefined>, 'get'>;
}

/**
 * Checks and table together: a verdict that changes becomes a table that changes.
 *
 * Everything that is known of a service, a server or a check is known by the object: a reload keeps the objects of what
 * it does not change.
 */
export class Director {
  readonly #ports: DirectorPorts;
  readonly #keeper: TableKeeper;
  readonly #driver: CheckDriver;
  readonly #places = new Map<Check, Place>();
  readonly #rendered = new Map<VirtualServer, Rendered>();
  #services: readonly VirtualServer[] = [];
  readonly #known = {
    standings: new WeakMap<RealServer, Standing>(),
    quorums: new WeakMap<VirtualServer, boolean | undefined>(),
  };
  /** What the next commit swaps in. */
  #prepared: { readonly services: readonly VirtualServer[]; readonly found: IpvsTable } | undefined;
  #keeping = false;

  constructor(ports: DirectorPorts) {
    this.#ports = ports;
    this.#keeper = new TableKeeper(ports);
    this.#driver = new CheckDriver(ports, (check, from, view) => this.#changed(check, from, view));
  }

  /** @throws IpvsUnavailable when there are services and no IPVS to hold them */
  async start(services: readonly VirtualServer[]): Promise<void> {
    if (services.length === 0 && this.#keeper.owned.size === 0) return;
    const found = await this.#look(services);
    // Nothing is wanted, and where there is no IPVS there is nothing of ours left in it either.
    if (found === undefined) return;
    this.#swap(services, this.#succession(services, found));
    void this.#keep(found);
  }

  /**
   * Finds out what a reload would change, and changes nothing.
   * @returns why these services cannot be had, if they cannot
   */
  async prepare(services: readonly VirtualServer[]): Promise<Result<TablePlan, string>> {
    this.#prepared = undefined;
    let found: IpvsTable;
    try {
      found = this.#keeper.known ?? (await this.#look(services)) ?? new Map();
    } catch (error) {
      return err(error instanceof Error ? error.message : String(error));
    }
    const next = reuse(this.#services, services);
    this.#prepared = { services: next, found };
    const known = this.#succession(next, found);
    const { started, ended } = known;
    const desired = this.#table(next, known);
    return ok({
      lines: diff(desired, found, this.#keeper.owned).map(toLine),
      checksStarted: started.map(showPlace),
      checksEnded: ended.map(showPlace),
      checksKept: this.#places.size - ended.length,
    });
  }

  /**
   * Swaps in what was prepared last, at once.
   * @returns when the kernel's table follows and was seen to, or could not be changed, or after five seconds: it is
   *   tried again then as after any other change. Undefined when nothing was prepared
   */
  commit(): Promise<void> | undefined {
    const prepared = this.#prepared;
    if (prepared === undefined) return undefined;
    this.#prepared = undefined;
    const { services, found } = prepared;
    // Verdicts may have changed since it was prepared.
    this.#swap(services, this.#succession(services, this.#keeper.known ?? found));
    if (!this.#keeping && services.length === 0) return Promise.resolve();
    this.#keeper.tryAgain();
    return this.#within(COMMIT_LIMIT, this.#keeping ? this.#keeper.changed() : this.#keep(found));
  }

  async stop(): Promise<void> {
    this.#driver.stop();
    if (this.#keeping) await this.#keeper.takeDown();
  }

  dump(): IpvsState {
    const { inSync, checkedAt, refused, observed } = this.#keeper;
    return {
      inSync: inSync || !this.#keeping,
      checkedAt,
      refused,
      services: this.#services.map(service =>
        showService(service, check => this.#driver.view(check), this.#settled(service).quorum, observed),
      ),
    };
  }

  /**
   * @returns the kernel's table; undefined where there is no IPVS, and nothing is wanted of it
   * @throws IpvsUnavailable when there are services and no IPVS to hold them
   */
  async #look(services: readonly VirtualServer[]): Promise<IpvsTable | undefined> {
    try {
      return await this.#keeper.look();
    } catch (error) {
      if (error instanceof IpvsUnavailable && services.length === 0) return undefined;
      throw error;
    }
  }

  #keep(found: IpvsTable): Promise<void> {
    this.#keeping = true;
    return this.#keeper.keep(() => this.#desired(), found);
  }

  #succession(services: readonly VirtualServer[], found: IpvsTable): Succession {
    const before = {
      services: this.#services,
      verdict: (server: RealServer) => this.#verdictOn(server),
      standing: (server: RealServer) => this.#known.standings.get(server) ?? 'in',
      isUp: (service: VirtualServer) => this.#known.quorums.get(service),
    };
    return succession(before, services, found);
  }

  #swap(services: readonly VirtualServer[], succeeded: Succession): void {
    const { started, ended, moved, standings, quorums } = succeeded;
    this.#services = services;
    for (const { check } of ended) this.#places.delete(check);
    for (const place of [...started, ...moved]) this.#places.set(place.check, place);
    for (const [server, standing] of standings) this.#known.standings.set(server, standing);
    for (const [service, wasUp] of quorums) this.#known.quorums.set(service, wasUp);
    const staying = new Set(services);
    for (const service of this.#rendered.keys()) {
      if (!staying.has(service)) this.#rendered.delete(service);
    }
    this.#driver.change(started, ended);
  }

  #desired(): IpvsTable {
    return gather(this.#services.map(service => this.#settled(service).table));
  }

  /** What has been rendered for a service is used again until a verdict on it changes. */
  #settled(service: VirtualServer): Rendered {
    const known = this.#rendered.get(service);
    if (known !== undefined) return known;
    const rendered = this.#render(service, this.#known);
    this.#rendered.set(service, rendered);
    this.#noteQuorum(service, rendered.quorum);
    return rendered;
  }

  #table(services: readonly VirtualServer[], known: Known): IpvsTable {
    return gather(services.map(s => (this.#rendered.get(s) ?? this.#render(s, known)).table));
  }

  /** A thousand servers that are found up after a start change nothing. */
  #rerender(service: VirtualServer): void {
    const was = this.#rendered.get(service);
    const is = this.#render(service, this.#known);
    this.#rendered.set(service, is);
    this.#noteQuorum(service, is.quorum);
    if (was === undefined || !sameTable(was.table, is.table)) void this.#keeper.changed();
  }

  #render(service: VirtualServer, { standings, quorums }: Known): Rendered {
    const verdict = (server: RealServer): Verdict => this.#verdictOn(server);
    const standing = (server: RealServer): Standing => standings.get(server) ?? 'in';
    const alive = quorum(service, verdict, standing, quorums.get(service));
    return { table: renderService(service, verdict, standing, alive.up), quorum: alive };
  }

  /** A service that begins with its quorum is no news. */
  #noteQuorum(service: VirtualServer, { need, have, up }: Quorum): void {
    const was = this.#known.quorums.get(service);
    this.#known.quorums.set(service, up);
    if (up === (was ?? true)) return;
    const { sorryServer: sorry } = service;
    this.#ports.log(up ? 'info' : 'warn', up ? 'quorum gained' : 'quorum lost', {
      service: serviceName(service),
      need,
      have,
      ...(sorry === undefined ? {} : { sorryServer: serverKey(sorry) }),
    });
  }

  #verdictOn(server: RealServer): Verdict {
    return verdictOn(server, check => this.#driver.view(check));
  }

  async #within(limit: Millis, done: Promise<void>): Promise<void> {
    const { clock, log } = this.#ports;
    await new Promise<void>(resolve => {
      const alarm = clock.alarm(() => {
        log('warn', 'the ipvs table has not followed the reload yet', {});
        resolve();
      });
      alarm.set(after(clock.now(), limit));
      void done.then(() => {
        alarm.close();
        resolve();
      });
    });
  }

  /** A check has changed its mind: says what that makes of its server, and has the table changed. */
  #changed(changed: Check, from: Verdict, view: CheckView): void {
    const place = this.#places.get(changed);
    if (place === undefined) return;
    const { service, server, check } = place;
    const now = this.#verdictOn(server);
    const before = verdictOn(server, other =>
      other === check ? { ...view, verdict: from } : this.#driver.view(other),
    );
    if (now === before) return;
    const sentence =
      now === 'UP' ? 'real server up' : now === 'DOWN' ? 'real server down' : 'real server unknown';
    this.#ports.log('info', sentence, {
      service: serviceName(service),
      server: serverKey(server),
      check: check.type,
      reason: view.reason,
      detail: view.detail,
      latencyMs: view.latencyMs,
    });
    this.#rerender(service);
  }
}
