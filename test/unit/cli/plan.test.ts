import assert from 'node:assert/strict';
import { showPlan, showProblems } from '../../../src/cli/show-plan.js';
import type { Plan } from '../../../src/ipc/messages.js';

const NOTHING: Plan = {
  instances: [
    {
      name: 'VI_1',
      fate: 'kept',
      role: 'MASTER',
      changes: [],
      outage: null,
      addressesAdded: [],
      addressesRemoved: [],
    },
  ],
  table: { lines: [], checksStarted: [], checksEnded: [], checksKept: 2 },
};

describe('cli: a plan as people read it', () => {
  it('says that nothing changes', () => assert.equal(showPlan(NOTHING), 'nothing changes\n'));

  it('shows what comes, what changes and what goes', () => {
    const plan: Plan = {
      instances: [
        {
          name: 'WEB',
          fate: 'changed',
          role: 'MASTER',
          changes: ['name VI_1 -> WEB', 'priority 150 -> 100'],
          outage: null,
          addressesAdded: ['10.0.0.14/24 on eth0'],
          addressesRemoved: ['10.0.0.13/24 on eth0'],
        },
        {
          name: 'VI_2',
          fate: 'removed',
          role: 'MASTER',
          changes: [],
          outage: 'they are gone',
          addressesAdded: [],
          addressesRemoved: [],
        },
      ],
      table: {
        lines: [
          '-A -t 10.0.0.13:80 -s rr',
          '-e -t 10.0.0.13:81 -r 10.0.0.17:80 -g -w 2',
          '-D -t 10.0.0.13:82',
        ],
        checksStarted: ['TCP_CHECK of 10.0.0.17:80'],
        checksEnded: ['TCP_CHECK of 10.0.0.18:80'],
        checksKept: 7,
      },
    };
    assert.deepEqual(showPlan(plan).split('\n'), [
      '~ vrrp_instance WEB, now MASTER: changed in place',
      '    ~ name VI_1 -> WEB',
      '    ~ priority 150 -> 100',
      '    + 10.0.0.14/24 on eth0',
      '    - 10.0.0.13/24 on eth0',
      '- vrrp_instance VI_2, now MASTER: removed',
      '    outage: they are gone',
      '+ ipvsadm -A -t 10.0.0.13:80 -s rr',
      '~ ipvsadm -e -t 10.0.0.13:81 -r 10.0.0.17:80 -g -w 2',
      '- ipvsadm -D -t 10.0.0.13:82',
      '+ TCP_CHECK of 10.0.0.17:80: starts',
      '- TCP_CHECK of 10.0.0.18:80: ends',
      '  7 checks go on',
      '',
    ]);
  });

  it('shows errors in full, and of warnings only how many there are', () => {
    const problem = { file: 'f', line: 1, column: 1, length: 1, message: 'm', hint: null };
    const text = showProblems(
      'ha.conf',
      [
        { ...problem, severity: 'warning', shown: 'a warning' },
        { ...problem, severity: 'error', shown: 'an error' },
      ],
      'nothing has changed',
    );
    assert.equal(
      text,
      'an error\n\nha.conf: 1 error, 1 warning (holdfast check shows all); nothing has changed\n',
    );
  });
});
