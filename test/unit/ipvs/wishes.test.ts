import assert from 'node:assert/strict';
import { readConfig } from '../../../src/config/read.js';
import { diff } from '../../../src/ipvs/core/diff.js';
import { parseSave, toLine, toSave } from '../../../src/ipvs/core/ipvsadm.js';
import { quorum, render, standingIn, wasUpIn, type Verdict } from '../../../src/ipvs/core/render.js';
import type { IpvsTable } from '../../../src/ipvs/core/table.js';
import type { VirtualServer } from '../../../src/ipvs/service.js';

/** The services of a text, of which nothing is wrong. */
function services(text: string): readonly VirtualServer[] {
  const { model, problems } = readConfig('x', text);
  assert.deepEqual(
    problems.filter(p => p.severity === 'error').map(p => p.message),
    [],
  );
  return model!.services;
}

const service = (lines: string, head = '10.0.0.13 80', servers = '10.0.0.17 80 10.0.0.18 80'): string => {
  const blocks = [...servers.matchAll(/(\S+) (\d+)/g)].map(
    ([, at, port]) => `real_server ${at} ${port} {\n}`,
  );
  return `virtual_server ${head} {\nlb_algo rr\nlb_kind DR\nprotocol TCP\n${lines}\n${blocks.join('\n')}\n}`;
};

/** The lines of what a text asks for, all servers being as `verdict` says. */
const asked = (text: string, verdict: Verdict = 'UP'): readonly string[] =>
  lines(
    render(
      services(text),
      () => verdict,
      () => 'in',
    ),
  );

const lines = (table: IpvsTable): readonly string[] => toSave(table).trimEnd().split('\n');

const SH = '-A -t 10.0.0.13:80 -s sh';

describe('ipvs: what keywords ask of the table', () => {
  for (const [name, text, want] of [
    ['flags of sh have names', service('lb_algo sh\nsh-port\nsh-fallback'), `${SH} -b sh-fallback,sh-port`],
    ['by their numbers, too; sh has no third', service('lb_algo sh\nflag-2\nflag-3'), `${SH} -b sh-port`],
    ['mh', service('lb_algo mh\nmh-port'), '-A -t 10.0.0.13:80 -s mh -b mh-port'],
    ['others have numbers', service('flag-3\nflag-1'), '-A -t 10.0.0.13:80 -s rr -b flag-1,flag-3'],
    ['one packet at a time', service('protocol UDP\nops'), '-A -u 10.0.0.13:80 -s rr -o'],
    ['which TCP cannot have', service('ops'), '-A -t 10.0.0.13:80 -s rr'],
    [
      'a netmask for persistence',
      service('persistence_timeout 50\npersistence_granularity 255.255.255.0'),
      '-A -t 10.0.0.13:80 -s rr -p 50 -M 255.255.255.0',
    ],
    [
      'the whole address',
      service('persistence_granularity 255.255.255.255'),
      '-A -t 10.0.0.13:80 -s rr -p 360',
    ],
    [
      'an engine for persistence',
      service('protocol UDP\npersistence_timeout 50\npersistence_engine sip'),
      '-A -u 10.0.0.13:80 -s rr -p 50 --pe sip',
    ],
    [
      'all ports',
      service('persistence_timeout 9', '10.0.0.13', '10.0.0.17 0'),
      '-A -t 10.0.0.13:0 -s rr -p 9',
    ],
    [
      'all ports of a server',
      service('', '10.0.0.13', '10.0.0.17 0'),
      '-a -t 10.0.0.13:0 -r 10.0.0.17:0 -g -w 1',
    ],
    ['a mark', service('', 'fwmark 7', '10.0.0.17 0'), '-A -f 7 -s rr'],
    [
      'a server behind a mark has no port',
      service('', 'fwmark 7', '10.0.0.17 80'),
      '-a -f 7 -r 10.0.0.17:0 -g -w 1',
    ],
    ['but with NAT', service('lb_kind NAT', 'fwmark 7', '10.0.0.17 80'), '-a -f 7 -r 10.0.0.17:80 -m -w 1'],
    ['a mark for IPv6', service('', 'fwmark 7', 'fd00::1 0'), '-a -f 7 -6 -r [fd00::1]:0 -g -w 1'],
    [
      'another way to one server',
      service('real_server 10.0.0.19 8080 {\nlvs_method NAT\n}'),
      '-a -t 10.0.0.13:80 -r 10.0.0.19:8080 -m -w 1',
    ],
    [
      'a tunnel by gue',
      service('lb_kind TUN type gue port 6080'),
      '-a -t 10.0.0.13:80 -r 10.0.0.17:80 -i -w 1 --tun-type gue --tun-port 6080 --tun-nocsum',
    ],
    [
      'a tunnel by gre with checksums',
      service('lb_kind TUN type gre csum'),
      '-a -t 10.0.0.13:80 -r 10.0.0.17:80 -i -w 1 --tun-type gre --tun-csum',
    ],
    ['a tunnel by ipip', service('lb_kind TUN type ipip'), '-a -t 10.0.0.13:80 -r 10.0.0.17:80 -i -w 1'],
  ] as const) {
    it(name, () => assert.ok(asked(text).includes(want), asked(text).join('\n')));
  }

  it('a group is a service for each of its members, with the same servers', () => {
    const text = `virtual_server_group web {\n10.0.0.1-2 80\n10.0.0.3 443\nfwmark 7\n}\n${service('', 'group web', '10.0.0.17 80')}`;
    assert.deepEqual(asked(text), [
      '-A -t 10.0.0.1:80 -s rr',
      '-a -t 10.0.0.1:80 -r 10.0.0.17:80 -g -w 1',
      '-A -t 10.0.0.2:80 -s rr',
      '-a -t 10.0.0.2:80 -r 10.0.0.17:80 -g -w 1',
      '-A -t 10.0.0.3:443 -s rr',
      '-a -t 10.0.0.3:443 -r 10.0.0.17:443 -g -w 1',
      '-A -f 7 -s rr',
      '-a -f 7 -r 10.0.0.17:0 -g -w 1',
    ]);
  });

  it('what two services have in common has the servers of both', () => {
    const group = `virtual_server_group web {\n10.0.0.13 80\n}\n${service('', 'group web', '10.0.0.17 80')}`;
    assert.deepEqual(asked(`${group}\n${service('lb_algo sh', undefined, '10.0.0.18 80')}`), [
      '-A -t 10.0.0.13:80 -s rr',
      '-a -t 10.0.0.13:80 -r 10.0.0.18:80 -g -w 1',
      '-a -t 10.0.0.13:80 -r 10.0.0.17:80 -g -w 1',
    ]);
  });
});

describe('ipvs: the sorry server', () => {
  const sorry = '-a -t 10.0.0.13:80 -r 10.0.0.99:80 -g -w';
  const real = (last: number, weight = 1): string =>
    `-a -t 10.0.0.13:80 -r 10.0.0.${last}:80 -g -w ${weight}`;
  for (const [name, text, verdict, want] of [
    ['is not there while servers are up', '', 'UP', [real(17), real(18)]],
    ['is there when none is', '', 'DOWN', [`${sorry} 1`]],
    [
      'has weight 0 while it is idle and inhibited',
      'sorry_server_inhibit',
      'UP',
      [real(17), real(18), `${sorry} 0`],
    ],
    ['has weight when it is needed', 'sorry_server_inhibit', 'DOWN', [`${sorry} 1`]],
    [
      'real servers keep what they have',
      'inhibit_on_failure',
      'DOWN',
      [real(17, 0), real(18, 0), `${sorry} 1`],
    ],
    ['goes its own way', 'sorry_server_lvs_method TUN', 'DOWN', [`${sorry.replace('-g', '-i')} 1`]],
  ] as const) {
    it(name, () =>
      assert.deepEqual(asked(service(`sorry_server 10.0.0.99 80\n${text}`), verdict).slice(1), want),
    );
  }

  const [one] = services(service('sorry_server 10.0.0.99 80\nquorum 2'));
  const table = (verdict: Verdict, wasUp: boolean): IpvsTable =>
    render(
      [one!],
      () => verdict,
      () => 'in',
      () => wasUp,
    );

  it('enters before the last real server leaves, and leaves after they have entered', () => {
    const ops = (to: IpvsTable, from: IpvsTable): readonly string[] => diff(to, from, new Set()).map(toLine);
    const [up, down] = [table('UP', true), table('DOWN', true)];
    assert.deepEqual(
      ops(down, up).map(line => line.slice(0, 2)),
      ['-a', '-d', '-d'],
    );
    assert.deepEqual(
      ops(up, down).map(line => line.slice(0, 2)),
      ['-a', '-a', '-d'],
    );
  });

  it('that the kernel has at a start tells that the quorum was lost, and nobody is put back', () => {
    const found = table('DOWN', true);
    assert.equal(wasUpIn(found, one!), false);
    assert.equal(wasUpIn(table('UP', true), one!), true);
    assert.equal(wasUpIn(new Map(), one!), undefined);
    const again = render(
      [one!],
      () => 'UNKNOWN',
      server => standingIn(found, one!, server),
      () => wasUpIn(found, one!),
    );
    assert.deepEqual(again, found);
  });

  it('is read back as it was written', () =>
    assert.deepEqual(parseSave(toSave(table('DOWN', true))), table('DOWN', true)));
});

describe('ipvs: alpha', () => {
  const standing = (lines: string, found = ''): string => {
    const [alone] = services(service(lines));
    return standingIn(parseSave(found), alone!, alone!.realServers.at(-1)!);
  };
  const last = (own: string, check: string): string =>
    `real_server 10.0.0.19 80 {\n${own}\nTCP_CHECK {\n${check}\n}\n}`;
  for (const [name, around, own, check, want] of [
    ['without it a server begins in the table', '', '', '', 'in'],
    ['with it out of it', 'alpha', '', '', 'out'],
    ["the server's own word counts", 'alpha', 'alpha off', '', 'in'],
    ["and its check's", '', '', 'alpha', 'out'],
    ['inhibited it begins with weight 0', 'alpha\ninhibit_on_failure', '', '', 'idle'],
  ] as const) {
    it(name, () => {
      const [alone] = services(service(`${around}\n${last(own, check)}`, undefined, ''));
      assert.equal(standingIn(new Map(), alone!, alone!.realServers[0]!), want);
    });
  }
  it('after a restart the kernel knows', () => {
    assert.equal(
      standing('alpha', '-A -t 10.0.0.13:80 -s rr\n-a -t 10.0.0.13:80 -r 10.0.0.18:80 -g -w 1'),
      'in',
    );
  });
});

describe('ipvs: quorum and hysteresis', () => {
  /** Quorum 3, hysteresis 1, five servers. */
  const [five] = services(
    service('quorum 3\nhysteresis 1', undefined, [1, 2, 3, 4, 5].map(n => `10.0.0.${n} 80`).join(' ')),
  );
  const up = (alive: number, wasUp: boolean | undefined, of = five!): boolean => {
    const verdicts = new Map(of.realServers.map((server, i) => [server, i < alive ? 'UP' : 'DOWN'] as const));
    return quorum(
      of,
      server => verdicts.get(server)!,
      () => 'in',
      wasUp,
    ).up;
  };
  for (const [name, alive, was, want] of [
    ['is there from quorum and hysteresis on', 4, false, true],
    ['not below that', 3, false, false],
    ['stays while it is not below quorum less hysteresis', 2, true, true],
    ['and is lost below that', 1, true, false],
    ['a new service needs as much as one that comes back', 3, undefined, false],
  ] as const) {
    it(name, () => assert.equal(up(alive, was), want));
  }
  it('what no weight of the file can reach is taken for all of them', () => {
    const [two] = services(service('quorum 2\nhysteresis 1'));
    assert.ok(up(2, false, two));
    assert.ok(!up(1, false, two));
  });
  it('nothing alive is no quorum, whatever the hysteresis', () => {
    const [two] = services(service('quorum 2\nhysteresis 1'));
    assert.ok(up(1, true, two));
    assert.ok(!up(0, true, two));
  });
});
