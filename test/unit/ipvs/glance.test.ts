import assert from 'node:assert/strict';
import fc from 'fast-check';
import { apply, holds } from '../../../src/ipvs/core/apply.js';
import { diff, type IpvsOp } from '../../../src/ipvs/core/diff.js';
import { isShown, parseGlance } from '../../../src/ipvs/core/glance.js';
import { parseSave, toLine, toSave } from '../../../src/ipvs/core/ipvsadm.js';
import type { IpvsTable, ServiceKey } from '../../../src/ipvs/core/table.js';
import { toGlance } from '../../fakes/ipvs.js';
import { anyTable, GUIDE_SAVED, table } from './tables.js';

/** As Linux 6.1 shows it. */
const SHOWN = `IP Virtual Server version 1.2.1 (size=4096)
Prot LocalAddress:Port Scheduler Flags
  -> RemoteAddress:Port Forward Weight ActiveConn InActConn
TCP  0A00000E:0050 sh  persistent 36000 FFFFFF00
  -> [fd00:0000:0000:0000:0000:0000:0000:0002]:0050      Tunnel  1      0          0         
  -> 0A000012:0050      Tunnel  1      0          0         
  -> 7F000001:0050      Local   2147483647 0          0         
SCTP  0A000001:0009 sed  
UDP  [2001:0db8:0000:0000:0000:0000:0000:0001]:0035 mh ops
  -> [fd00:0000:0000:0000:0000:0000:0000:0002]:14E9      Masq    0      0          0         
FWM  00000007 rr ops 
  -> 0A000001:0000      Route   1      0          0         
TCP  FF00000D:FFFF wrr 
  -> C0A80001:FFFF      Bypass  1      0          0         
`;

const keysOf = (...all: readonly IpvsTable[]): ReadonlySet<ServiceKey> =>
  new Set(all.flatMap(one => [...one.keys()]));

/** What a glance can show of a table. */
const visible = (whole: IpvsTable): IpvsTable =>
  new Map(
    [...whole]
      .filter(([key]) => !key.startsWith('-f'))
      .map(([key, service]) => [
        key,
        {
          ...service,
          persistence: service.persistence === null ? null : NaN,
          extra: '',
          servers: new Map([...service.servers].map(([name, entry]) => [name, { ...entry, extra: '' }])),
        },
      ]),
  );

describe('ipvs: a glance at /proc/net/ip_vs', () => {
  it("is read as the kernel writes it, but for marks and what it has no ipvsadm's word for", () => {
    const keys = [
      '-t 10.0.0.14:80',
      '--sctp-service 10.0.0.1:9',
      '-u [2001:db8::1]:53',
      '-f 7',
      '-t 255.0.0.13:65535',
    ];
    assert.equal(
      toSave(parseGlance(SHOWN, new Set(keys as ServiceKey[]))),
      '-A -t 10.0.0.14:80 -s sh -p NaN\n' +
        '-a -t 10.0.0.14:80 -r [fd00::2]:80 -i -w 1\n' +
        '-a -t 10.0.0.14:80 -r 10.0.0.18:80 -i -w 1\n' +
        '-a -t 10.0.0.14:80 -r 127.0.0.1:80 -g -w 2147483647\n' +
        '-A --sctp-service 10.0.0.1:9 -s sed\n' +
        '-A -u [2001:db8::1]:53 -s mh\n' +
        '-a -u [2001:db8::1]:53 -r [fd00::2]:5353 -m -w 0\n' +
        '-A -t 255.0.0.13:65535 -s wrr\n',
    );
  });

  it('passes over what is not asked for, with its servers', () => {
    const one = parseGlance(SHOWN, new Set(['--sctp-service 10.0.0.1:9' as ServiceKey]));
    assert.equal(toSave(one), '-A --sctp-service 10.0.0.1:9 -s sed\n');
  });

  it('tells of any table what it shows', () =>
    fc.assert(
      fc.property(anyTable, whole => {
        assert.deepEqual(parseGlance(toGlance(whole), keysOf(whole)), visible(whole));
      }),
    ));

  it('never reads what is no table', () =>
    fc.assert(
      fc.property(fc.string(), text => {
        assert.equal(parseGlance(text, keysOf(table(...GUIDE_SAVED))).size, 0);
      }),
    ));

  for (const [name, before, desired, shown] of [
    [
      'a weight is shown',
      GUIDE_SAVED,
      [...GUIDE_SAVED.slice(0, 2), '-a -t 10.0.0.13:80 -r 10.0.0.18:80 -g -w 2'],
      true,
    ],
    ['a new server is shown', GUIDE_SAVED.slice(0, 2), GUIDE_SAVED, true],
    ['a server that has gone is shown', GUIDE_SAVED, GUIDE_SAVED.slice(0, 2), true],
    ['a service that has gone is shown', GUIDE_SAVED, [], true],
    ['a scheduler is shown', ['-A -t 10.0.0.13:80 -s rr'], ['-A -t 10.0.0.13:80 -s wrr'], true],
    ['the end of persistence is shown', GUIDE_SAVED.slice(0, 1), ['-A -t 10.0.0.13:80 -s wrr'], true],
    ['the length of persistence is not', ['-A -t 10.0.0.13:80 -s wrr'], GUIDE_SAVED.slice(0, 1), false],
    [
      "a scheduler's flags are not, nor that they went",
      ['-A -t 10.0.0.13:80 -s sh -b sh-port'],
      ['-A -t 10.0.0.13:80 -s sh'],
      false,
    ],
    [
      'the kind of a tunnel is not, nor that it went',
      ['-A -t 10.0.0.13:80 -s rr', '-a -t 10.0.0.13:80 -r 10.0.0.17:80 -i -w 1 --tun-type gue'],
      ['-A -t 10.0.0.13:80 -s rr', '-a -t 10.0.0.13:80 -r 10.0.0.17:80 -i -w 1'],
      false,
    ],
    ['marks are not', [], ['-A -f 7 -s rr'], false],
  ] as const) {
    it(name, () => {
      const was = parseSave(before.join('\n'));
      const ops = diff(parseSave(desired.join('\n')), was, keysOf(was));
      assert.deepEqual(
        ops.map(op => isShown(op, was)),
        ops.map(() => shown),
      );
      assert.ok(ops.length > 0);
    });
  }

  it('whoever believes it where it shows everything, believes what is true', () =>
    fc.assert(
      fc.property(anyTable, anyTable, anyTable, (before, desired, real) => {
        const glance = parseGlance(toGlance(real), keysOf(before, desired));
        for (const op of diff(desired, before, keysOf(before))) {
          // What nobody can see is as it was, where nobody else was at work.
          if (!isShown(op, before) || hides(real, op)) continue;
          assert.equal(holds(op, glance), holds(op, real), toLine(op));
        }
      }),
    ));
});

/** Has the entry that the op is about something that a glance does not show? */
function hides(real: IpvsTable, op: IpvsOp): boolean {
  const service = real.get(op.key);
  const server = 'server' in op ? service?.servers.get(op.server) : undefined;
  return 'server' in op ? (server?.extra ?? '') !== '' : (service?.extra ?? '') !== '';
}

describe('ipvs: a table after ops', () => {
  it('is the desired one, and what is not ours is as it was', () =>
    fc.assert(
      fc.property(anyTable, anyTable, fc.boolean(), (before, desired, all) => {
        const owned = all ? keysOf(before) : new Set<ServiceKey>();
        const ops = diff(desired, before, owned);
        const after = apply(before, ops);
        assert.deepEqual(diff(desired, after, owned), []);
        assert.ok(ops.every(op => holds(op, after)));
        for (const key of after.keys()) assert.ok(desired.has(key) || before.has(key));
        for (const [key, service] of before) {
          if (!desired.has(key) && !all) assert.equal(after.get(key), service);
        }
      }),
    ));

  it('leaves the table that it began with alone', () =>
    fc.assert(
      fc.property(anyTable, anyTable, (before, desired) => {
        const text = toSave(before);
        apply(before, diff(desired, before, keysOf(before)));
        assert.equal(toSave(before), text);
      }),
    ));

  it('a server that is not there is not added, and is deleted', () => {
    const alone = table(GUIDE_SAVED[0]);
    const [add] = diff(table(...GUIDE_SAVED), alone, new Set());
    const [remove] = diff(alone, table(...GUIDE_SAVED), new Set());
    assert.deepEqual([holds(add!, alone), holds(remove!, alone)], [false, true]);
  });
});
