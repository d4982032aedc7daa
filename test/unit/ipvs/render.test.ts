import assert from 'node:assert/strict';
import { toSave } from '../../../src/ipvs/core/ipvsadm.js';
import {
  quorum,
  render,
  standingAfter,
  standingIn,
  type Standing,
  type Verdict,
} from '../../../src/ipvs/core/render.js';
import type { RealServer, VirtualServer } from '../../../src/ipvs/service.js';
import { guide, table } from './tables.js';

const SERVICE = '-A -t 10.0.0.13:80 -s wrr -p 50';
const line = (last: number, weight: number): string =>
  `-a -t 10.0.0.13:80 -r 10.0.0.${last}:80 -g -w ${weight}`;

interface Row {
  readonly name: string;
  /** Verdicts on 17 and 18. */
  readonly verdicts: readonly [Verdict, Verdict];
  readonly inhibit?: boolean;
  readonly weight?: number;
  /** The kernel's table at the start of the process. */
  readonly start?: readonly string[];
  readonly lines: readonly string[];
  /** Have and up of the quorum of 1. */
  readonly quorum: readonly [number, boolean];
}

const rows: readonly Row[] = [
  {
    name: 'servers that are up are in',
    verdicts: ['UP', 'UP'],
    lines: [line(17, 1), line(18, 1)],
    quorum: [2, true],
  },
  { name: 'a server that is down is out', verdicts: ['DOWN', 'UP'], lines: [line(18, 1)], quorum: [1, true] },
  {
    name: 'with inhibit_on_failure a server that is down stays with weight 0',
    verdicts: ['DOWN', 'UP'],
    inhibit: true,
    lines: [line(17, 0), line(18, 1)],
    quorum: [1, true],
  },
  { name: 'all down leaves an empty service', verdicts: ['DOWN', 'DOWN'], lines: [], quorum: [0, false] },
  {
    name: 'on a fresh start nobody is out before a check has failed',
    verdicts: ['UNKNOWN', 'UNKNOWN'],
    lines: [line(17, 1), line(18, 1)],
    quorum: [2, true],
  },
  {
    name: 'after a restart an unknown server that was out stays out',
    verdicts: ['UNKNOWN', 'UNKNOWN'],
    start: [SERVICE, line(17, 1)],
    lines: [line(17, 1)],
    quorum: [1, true],
  },
  {
    name: 'after a restart an unknown server that had weight 0 keeps it',
    verdicts: ['UNKNOWN', 'UNKNOWN'],
    start: [SERVICE, line(17, 0), line(18, 1)],
    lines: [line(17, 0), line(18, 1)],
    quorum: [1, true],
  },
  {
    name: "after a restart an unknown server that was in has the file's weight",
    verdicts: ['UNKNOWN', 'UNKNOWN'],
    weight: 5,
    start: [SERVICE, line(17, 1), line(18, 1)],
    lines: [line(17, 5), line(18, 5)],
    quorum: [10, true],
  },
  {
    name: 'the first verdict ends what the kernel had before',
    verdicts: ['UP', 'DOWN'],
    start: [SERVICE, line(18, 1)],
    lines: [line(17, 1)],
    quorum: [1, true],
  },
  {
    name: 'weight 0 in the file is weight 0 in the table',
    verdicts: ['UP', 'UP'],
    weight: 0,
    lines: [line(17, 0), line(18, 0)],
    quorum: [0, false],
  },
];

describe('ipvs render', () => {
  for (const row of rows) {
    it(row.name, () => {
      const service: VirtualServer = {
        ...guide,
        realServers: guide.realServers.map(s => ({
          ...s,
          weight: row.weight ?? 1,
          inhibitOnFailure: row.inhibit ?? false,
        })),
      };
      const verdictOn = (server: RealServer): Verdict => row.verdicts[server.address === '10.0.0.17' ? 0 : 1];
      const found = table(...(row.start ?? []));
      const standing = (server: RealServer): Standing => standingIn(found, service, server);
      const desired = render([service], verdictOn, standing);
      assert.equal(toSave(desired), [SERVICE, ...row.lines].map(l => `${l}\n`).join(''));
      const { have, up } = quorum(service, verdictOn, standing, undefined);
      assert.deepEqual([have, up], row.quorum);
    });
  }

  it('writes IPv6, tunnels, NAT and other protocols as ipvsadm does', () => {
    const six: VirtualServer = {
      ...guide,
      protocol: 'udp',
      address: '2001:DB8:0:0::1',
      port: 53,
      forwarding: 'TUN',
      persistenceTimeout: null,
      realServers: [{ ...guide.realServers[0]!, address: 'fd00::2', port: 53 }],
    };
    const nat: VirtualServer = {
      ...guide,
      protocol: 'sctp',
      forwarding: 'NAT',
      realServers: [{ ...guide.realServers[0]!, port: 8080 }],
    };
    assert.equal(
      toSave(
        render(
          [six, nat],
          () => 'UP',
          () => 'out',
        ),
      ),
      '-A -u [2001:db8::1]:53 -s wrr\n-a -u [2001:db8::1]:53 -r [fd00::2]:53 -i -w 1\n' +
        '-A --sctp-service 10.0.0.13:80 -s wrr -p 50\n-a --sctp-service 10.0.0.13:80 -r 10.0.0.17:8080 -m -w 1\n',
    );
  });

  it('a quorum that the weights cannot reach is all of them', () => {
    const service = { ...guide, quorum: 9 };
    assert.deepEqual(
      quorum(
        service,
        () => 'UP',
        () => 'out',
        undefined,
      ),
      { need: 2, have: 2, up: true },
    );
  });
});

describe('ipvs: where a server stands after a reload', () => {
  const first = guide.realServers[0]!;
  const known = (verdict: Verdict, standing: Standing, inhibitOnFailure = false): Standing =>
    standingAfter({ server: { ...first, inhibitOnFailure }, verdict, standing }, first);
  for (const [name, stands, as] of [
    ['one that is new is in', standingAfter(undefined, first), 'in'],
    ['one that is new, with alpha, is out', standingAfter(undefined, { ...first, alpha: true }), 'out'],
    [
      'one that is new, with alpha and inhibited, is idle',
      standingAfter(undefined, { ...first, alpha: true, inhibitOnFailure: true }),
      'idle',
    ],
    ['one that is up is in', known('UP', 'out'), 'in'],
    ['one that is down is out', known('DOWN', 'in'), 'out'],
    ['one that is down and inhibited is idle', known('DOWN', 'in', true), 'idle'],
    ['one of which nothing is known yet stands where it stood', known('UNKNOWN', 'out'), 'out'],
    ['also idle', known('UNKNOWN', 'idle'), 'idle'],
  ] as const) {
    it(name, () => assert.equal(stands, as));
  }
});
