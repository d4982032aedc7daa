import assert from 'node:assert/strict';
import type { TcpCheck } from '../../../src/checkers/check.js';
import { reuse } from '../../../src/ipvs/core/reuse.js';
import type { RealServer, VirtualServer } from '../../../src/ipvs/service.js';
import { guide } from './tables.js';

const check = (connectPort: number): TcpCheck => ({
  type: 'TCP_CHECK',
  connectAddress: '10.0.0.17',
  connectPort,
  timeoutMs: 5000,
  retry: 1,
  delayBeforeRetryMs: 1000,
  delayLoopMs: 6000,
  warmupMs: 6000,
});

/** Two services of two servers with two checks each. */
const before: readonly VirtualServer[] = [80, 443].map(port => ({
  ...guide,
  port,
  realServers: guide.realServers.map(server => ({ ...server, checks: [check(80), check(81)] })),
}));

/** As a child gets it: equal, and nothing the same. */
const copy = (): VirtualServer[] => structuredClone(before) as VirtualServer[];

const withFirst = (change: (service: VirtualServer) => VirtualServer): VirtualServer[] => {
  const [first, ...rest] = copy();
  return [change(first!), ...rest];
};

const withServers = (change: (servers: readonly RealServer[]) => readonly RealServer[]): VirtualServer[] =>
  withFirst(service => ({ ...service, realServers: change(service.realServers) }));

/** Where each part of the result was before: `0` a service, `0.1` a server, `0.1.0` a check, and `new`. */
function origins(after: readonly VirtualServer[]): readonly string[] {
  const names = new Map<object, string>();
  before.forEach((service, i) => {
    names.set(service, `${i}`);
    service.realServers.forEach((server, j) => {
      names.set(server, `${i}.${j}`);
      server.checks.forEach((one, k) => names.set(one, `${i}.${j}.${k}`));
    });
  });
  const name = (part: object): string => names.get(part) ?? 'new';
  return after.map(service =>
    names.has(service)
      ? name(service)
      : `new: ${service.realServers
          .map(server => (names.has(server) ? name(server) : `new: ${server.checks.map(name).join(' ')}`))
          .join(', ')}`,
  );
}

describe('ipvs: a new configuration is made of the old one', () => {
  for (const { name, after, is } of [
    { name: 'what says the same is the same', after: copy(), is: ['0', '1'] },
    { name: 'services in another order are the same', after: copy().reverse(), is: ['1', '0'] },
    {
      name: 'a new scheduler leaves the servers alone',
      after: withFirst(service => ({ ...service, scheduler: 'rr' })),
      is: ['new: 0.0, 0.1', '1'],
    },
    {
      name: 'new persistence leaves the servers alone',
      after: withFirst(service => ({ ...service, persistenceTimeout: null })),
      is: ['new: 0.0, 0.1', '1'],
    },
    {
      name: 'another forwarding leaves the servers alone',
      after: withFirst(service => ({ ...service, forwarding: 'TUN' })),
      is: ['new: 0.0, 0.1', '1'],
    },
    {
      name: 'a new weight leaves the checks alone',
      after: withServers(([one, two]) => [{ ...one!, weight: 7 }, two!]),
      is: ['new: new: 0.0.0 0.0.1, 0.1', '1'],
    },
    {
      name: 'servers in another order are the same',
      after: withServers(([one, two]) => [two!, one!]),
      is: ['new: 0.1, 0.0', '1'],
    },
    {
      name: 'checks in another order are the same',
      after: withServers(([one, two]) => [{ ...one!, checks: [...one!.checks].reverse() }, two!]),
      is: ['new: new: 0.0.1 0.0.0, 0.1', '1'],
    },
    {
      name: 'a check that says something else is new',
      after: withServers(([one, two]) => [{ ...one!, checks: [check(80), check(8081)] }, two!]),
      is: ['new: new: 0.0.0 new, 0.1', '1'],
    },
    {
      name: 'a check that is there twice is once the same and once new',
      after: withServers(([one, two]) => [{ ...one!, checks: [check(80), check(80)] }, two!]),
      is: ['new: new: 0.0.0 new, 0.1', '1'],
    },
    {
      name: 'a server at another address is new, whatever else it says',
      after: withServers(([one, two]) => [{ ...one!, address: '10.0.0.19' }, two!]),
      is: ['new: new: new new, 0.1', '1'],
    },
    {
      name: 'a server at another port is new',
      after: withServers(([one, two]) => [{ ...one!, port: 8080 }, two!]),
      is: ['new: new: new new, 0.1', '1'],
    },
    {
      name: 'a service of another protocol is new',
      after: withFirst(service => ({ ...service, protocol: 'udp' })),
      is: ['new: new: new new, new: new new', '1'],
    },
    { name: 'what has gone is gone', after: copy().slice(1), is: ['1'] },
    {
      name: 'a service that is there twice is once the same and once new',
      after: [copy()[0]!, ...copy()],
      is: ['0', 'new: new: new new, new: new new', '1'],
    },
  ] as const) {
    it(name, () => {
      const result = reuse(before, after);
      assert.deepEqual(origins(result), is);
      assert.deepEqual(result, after);
    });
  }
});
