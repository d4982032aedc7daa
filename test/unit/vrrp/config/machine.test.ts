import assert from 'node:assert/strict';
import { ALONE } from '../../../../src/config/expand.js';
import { readConfig } from '../../../../src/config/read.js';
import { instance, said } from '../reading.js';

const MACHINE = [
  { name: 'lo', addresses: ['127.0.0.1/8', '::1/128'] },
  { name: 'eth0', addresses: ['10.0.0.1/24', 'fe80::1/64'] },
  { name: 'eth1', addresses: ['10.1.0.1/24'] },
  { name: 'eth2', addresses: [] },
];
const on = (device: string): string => instance().replace('eth0', device);
const withAddress = (line: string): string => instance().replace('10.0.0.13/24', line);

describe('vrrp: a configuration beside the machine that it is for', () => {
  for (const [name, text, problems] of [
    ['all is well', instance(), []],
    [
      'an interface that is not there',
      on('eth7'),
      [
        'warning 2:11 there is no interface eth7: the instance is in FAULT until it is there; keepalived does not start without dynamic_interfaces | did you mean eth0?',
      ],
    ],
    ['one that may come later', `global_defs {\ndynamic_interfaces\n}\n${on('eth7')}`, []],
    [
      'an address on an interface that is not there',
      withAddress('10.0.0.13/24 dev bond0'),
      [
        'warning 5:18 there is no interface bond0: the instance is in FAULT until it is there; keepalived does not start without dynamic_interfaces | this machine has lo, eth0, eth1, eth2',
      ],
    ],
    [
      'an address of no network here',
      withAddress('10.9.0.13/24'),
      [
        'warning 5:1 10.9.0.13 is in no network of this machine; clients reach it only where a route leads here | look for a slip in the address',
      ],
    ],
    [
      'an address of another network here',
      withAddress('10.1.0.13/24'),
      [
        'warning 5:1 10.1.0.13 is in the network of eth1, and would be put on eth0 | write dev eth1 behind it',
      ],
    ],
    ['an address of another network, on its interface', withAddress('10.1.0.13/24 dev eth1'), []],
    [
      'a source that is none of ours, and a peer that is',
      instance('unicast_src_ip 10.0.0.9\nunicast_peer {\n10.1.0.1\n}'),
      [
        'warning 7:16 10.0.0.9 is no address of this machine; nobody would believe adverts that come from it | write an address that ip address shows',
        'warning 9:1 10.1.0.1 is this router itself; keepalived sends adverts to it, too | take it out of unicast_peer',
      ],
    ],
  ] as const) {
    it(`says it: ${name}`, () => assert.deepEqual(said(text, MACHINE), problems));
  }

  it('is not misled by the address itself, which a master has', () => {
    const master = MACHINE.map(link =>
      link.name === 'eth2' ? { ...link, addresses: ['10.9.0.13/24'] } : link,
    );
    assert.match(said(withAddress('10.9.0.13/24'), master).join('\n'), /10\.9\.0\.13 is in no network/);
  });
  it('notes an interface that may come later', () => {
    const text = `global_defs {\ndynamic_interfaces\n}\n${on('eth7')}`;
    assert.deepEqual(
      readConfig('x', text, { ...ALONE, interfaces: MACHINE }).problems.map(
        p => `${p.severity} ${p.at.line}`,
      ),
      ['note 2', 'note 5'],
    );
  });
  it('asks nothing where no machine is known', () => assert.deepEqual(said(on('eth7')), []));
});
