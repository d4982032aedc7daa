import assert from 'node:assert/strict';
import fc from 'fast-check';
import { diff, type IpvsOp } from '../../../src/ipvs/core/diff.js';
import { parseSave, toBatch, toLine, toSave } from '../../../src/ipvs/core/ipvsadm.js';
import type {
  IpvsTable,
  ServerEntry,
  ServerKey,
  ServiceEntry,
  ServiceKey,
} from '../../../src/ipvs/core/table.js';
import { anyTable, GUIDE_SAVED, table } from './tables.js';

const [service, first, second] = GUIDE_SAVED;

interface Row {
  readonly name: string;
  readonly desired?: readonly string[];
  readonly observed?: readonly string[];
  readonly owned?: readonly string[];
  readonly lines: readonly string[];
}

const rows: readonly Row[] = [
  { name: 'an empty kernel gets each service followed by its servers', observed: [], lines: GUIDE_SAVED },
  { name: 'a kernel that agrees hears nothing', lines: [] },
  {
    name: 'a changed scheduler is an edit that says persistence again, since -E without -p clears it',
    observed: ['-A -t 10.0.0.13:80 -s rr -p 50', first, second],
    lines: ['-E -t 10.0.0.13:80 -s wrr -p 50'],
  },
  {
    name: 'a changed weight is an edit, so that connections go on',
    observed: [service, '-a -t 10.0.0.13:80 -r 10.0.0.17:80 -g -w 9', second],
    lines: ['-e -t 10.0.0.13:80 -r 10.0.0.17:80 -g -w 1'],
  },
  {
    name: 'the new server comes before the old one goes',
    observed: [service, first, '-a -t 10.0.0.13:80 -r 10.0.0.99:80 -g -w 1'],
    lines: ['-a -t 10.0.0.13:80 -r 10.0.0.18:80 -g -w 1', '-d -t 10.0.0.13:80 -r 10.0.0.99:80'],
  },
  {
    name: 'weight 0 takes a server out of rotation, so it comes after what brings one in',
    desired: [service, '-a -t 10.0.0.13:80 -r 10.0.0.17:80 -g -w 0', second],
    observed: [service, first],
    lines: ['-a -t 10.0.0.13:80 -r 10.0.0.18:80 -g -w 1', '-e -t 10.0.0.13:80 -r 10.0.0.17:80 -g -w 0'],
  },
  {
    name: 'a tunnel made by ipvsadm without a type is no drift',
    desired: [service, '-a -t 10.0.0.13:80 -r 10.0.0.17:80 -i -w 1'],
    observed: [service, '-a -t 10.0.0.13:80 -r 10.0.0.17:80 -i -w 1 --tun-type ipip'],
    lines: [],
  },
  {
    name: 'a tunnel of another type is drift',
    desired: [service, '-a -t 10.0.0.13:80 -r 10.0.0.17:80 -i -w 1'],
    observed: [
      service,
      '-a -t 10.0.0.13:80 -r 10.0.0.17:80 -i -w 1 --tun-type gue --tun-port 6080 --tun-nocsum',
    ],
    lines: ['-e -t 10.0.0.13:80 -r 10.0.0.17:80 -i -w 1'],
  },
  {
    name: "somebody else's service is left alone",
    observed: [
      ...GUIDE_SAVED,
      '-A -t 10.9.9.9:80 -s rr',
      '-a -t 10.9.9.9:80 -r 10.0.0.1:80 -m -w 1',
      '-A -f 7 -s rr',
    ],
    lines: [],
  },
  {
    name: 'a service of ours that is wanted no more goes, with its servers',
    observed: [...GUIDE_SAVED, '-A -t 10.9.9.9:80 -s rr', '-a -t 10.9.9.9:80 -r 10.0.0.1:80 -m -w 1'],
    owned: ['-t 10.9.9.9:80'],
    lines: ['-D -t 10.9.9.9:80'],
  },
  {
    name: 'the same port of another protocol is another service',
    observed: [...GUIDE_SAVED, '-A -u 10.0.0.13:80 -s rr'],
    lines: [],
  },
];

describe('ipvs diff', () => {
  for (const row of rows) {
    it(row.name, () => {
      const desired = table(...(row.desired ?? GUIDE_SAVED));
      const observed = table(...(row.observed ?? GUIDE_SAVED));
      const ops = diff(desired, observed, new Set((row.owned ?? []) as ServiceKey[]));
      assert.deepEqual(ops.map(toLine), row.lines);
    });
  }

  it('of a table with itself is empty', () => {
    fc.assert(fc.property(anyTable, t => diff(t, t, new Set(t.keys())).length === 0));
  });

  it('applied to the observed table gives the desired one, beside what is not ours', () => {
    fc.assert(
      fc.property(anyTable, anyTable, (desired, observed) => {
        const after = apply(observed, diff(desired, observed, new Set()));
        for (const [key, entry] of desired) assert.deepEqual(after.get(key), entry);
        for (const [key, entry] of observed) {
          if (!desired.has(key)) assert.deepEqual(after.get(key), entry, 'a stranger was touched');
        }
      }),
    );
  });

  it('applied where everything is ours gives exactly the desired table', () => {
    fc.assert(
      fc.property(anyTable, anyTable, (desired, observed) => {
        const after = apply(observed, diff(desired, observed, new Set(observed.keys())));
        assert.deepEqual(new Map([...after].sort()), new Map([...desired].sort()));
      }),
    );
  });

  it('cut short anywhere, never leaves fewer servers in rotation than both tables agree on', () => {
    fc.assert(
      fc.property(anyTable, anyTable, fc.nat(), (desired, observed, cut) => {
        const ops = diff(desired, observed, new Set(observed.keys()));
        const after = apply(observed, ops.slice(0, cut % (ops.length + 1)));
        for (const [key, want] of desired) {
          for (const [server, entry] of want.servers) {
            const had = observed.get(key)?.servers.get(server);
            if (had === undefined || had.weight === 0 || entry.weight === 0) continue;
            assert.ok((after.get(key)?.servers.get(server)?.weight ?? 0) > 0);
          }
        }
      }),
    );
  });

  it('makes everything before it breaks anything', () => {
    fc.assert(
      fc.property(anyTable, anyTable, (desired, observed) => {
        const breaks = diff(desired, observed, new Set(observed.keys())).map(isBreak);
        assert.deepEqual(breaks, [...breaks].sort());
      }),
    );
  });
});

describe('ipvsadm text', () => {
  it('is read back as it was written', () => {
    fc.assert(fc.property(anyTable, t => assert.deepEqual(parseSave(toSave(t)), t)));
  });

  it('is never a comment, an empty line or two lines', () => {
    fc.assert(
      fc.property(anyTable, anyTable, (desired, observed) => {
        const ops = diff(desired, observed, new Set(observed.keys()));
        for (const op of ops) assert.match(toLine(op), /^-[AEDaed] [^\n#]+$/);
        assert.equal(toBatch(ops).split('\n').length, ops.length + 1);
      }),
    );
  });

  it('reads what ipvsadm 1.31 prints, every form of it seen in the lab', () => {
    const text = [
      '-A -t 10.0.0.13:0 -s rr -p 360',
      '-A --sctp-service 10.0.0.13:99 -s sh -b sh-fallback,sh-port',
      '-A -u [fd00::1]:53 -s mh -b mh-fallback,mh-port',
      '-a -u [fd00::1]:53 -r [fd00::2]:53 -m -w 1',
      '-A -t 10.9.9.9:80 -s rr -p 300 -M 255.255.255.0',
      '-A -f 7 -s rr -o',
      '-A -f 7 -6 -s rr -p 300 -M 64 --pe sip',
      '-a -f 7 -6 -r [fd00::1]:0 -i -w 1 --tun-type gue --tun-port 6080 --tun-csum',
    ];
    assert.equal(toSave(table(...text)), text.map(line => `${line}\n`).join(''));
  });

  it('takes the two spellings of one IPv6 address for one', () => {
    const [key] = table('-A -t [::ffff:192.0.2.1]:80 -s rr').keys();
    assert.equal(key, [...table('-A -t [::ffff:c000:201]:80 -s rr').keys()][0]);
  });

  for (const junk of [
    '',
    'foo',
    '-A',
    '-A -t',
    '-A -t nonsense -s rr',
    '-a -t 10.0.0.1:80 -r 10.0.0.2:80 -g -w 1',
    '\0\0',
  ]) {
    it(`passes over ${JSON.stringify(junk)}`, () => assert.equal(parseSave(junk).size, 0));
  }
});

/** 0 for what brings a server or service in or keeps it, 1 for what takes one out. */
const isBreak = (op: IpvsOp): number =>
  op.op === 'deleteServer' || op.op === 'deleteService' || (op.op === 'editServer' && op.to.weight === 0)
    ? 1
    : 0;

/** What the kernel does with the ops; an op that it would refuse is a failure. */
function apply(observed: IpvsTable, ops: readonly IpvsOp[]): IpvsTable {
  const after = new Map<ServiceKey, ServiceEntry & { servers: Map<ServerKey, ServerEntry> }>(
    [...observed].map(([key, s]) => [key, { ...s, servers: new Map(s.servers) }]),
  );
  for (const op of ops) {
    const have = after.get(op.key);
    switch (op.op) {
      case 'addService':
        assert.equal(have, undefined, 'Service already exists');
        after.set(op.key, { ...op.to, servers: new Map() });
        break;
      case 'editService':
        assert.ok(have, 'No such service');
        after.set(op.key, { ...op.to, servers: have.servers });
        break;
      case 'deleteService':
        assert.ok(after.delete(op.key), 'No such service');
        break;
      case 'addServer':
        assert.ok(have !== undefined && !have.servers.has(op.server), 'Destination already exists');
        have.servers.set(op.server, op.to);
        break;
      case 'editServer':
        assert.ok(have !== undefined && have.servers.has(op.server), 'No such destination');
        have.servers.set(op.server, op.to);
        break;
      case 'deleteServer':
        assert.ok(have?.servers.delete(op.server), 'No such destination');
        break;
    }
  }
  return after;
}
