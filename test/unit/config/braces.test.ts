import assert from 'node:assert/strict';
import { readConfig } from '../../../src/config/read.js';

/** What is said of braces and quotes: the severity, the place and the sentences. */
const said = (text: string): string[] =>
  readConfig('ha.conf', text).problems.map(({ severity, at, message, hint = '' }) =>
    [`${severity} ${at.line}:${at.column}+${at.length}`, message, ...(hint === '' ? [] : [hint])].join(' | '),
  );

const INSTANCE = `vrrp_instance VI_1 {
    interface eth0
    virtual_router_id 51
    priority 100
    authentication {
        auth_type PASS
        auth_pass 1111
    }
    virtual_ipaddress {
        10.0.0.13/24
    }
}
`;
const SERVICE = `virtual_server 10.0.0.13 80 {
    protocol TCP
    real_server 10.0.0.17 80 {
        weight 1
        TCP_CHECK {
            connect_timeout 3
        }
    }
    real_server 10.0.0.18 80 {
        weight 1
    }
}
`;
/** Without the lines with these numbers. */
const without = (text: string, ...numbers: readonly number[]): string =>
  text
    .split('\n')
    .filter((_, i) => !numbers.includes(i + 1))
    .join('\n');
const flat = (text: string): string => text.replace(/^ +/gm, '');

describe('config: braces that do not match', () => {
  it('both files are right', () => {
    assert.deepEqual(said(INSTANCE + SERVICE), []);
    assert.deepEqual(said(flat(INSTANCE + SERVICE)), []);
  });

  for (const [name, text, problems] of [
    [
      'the last one is missing',
      without(INSTANCE, 12),
      [
        'warning 1:1+13 | the block of vrrp_instance, opened in line 1, is not closed; the end of the file is taken for its }, as by keepalived | add a } at the end',
      ],
    ],
    [
      'the file breaks off',
      INSTANCE.slice(0, INSTANCE.indexOf('/24')),
      [
        'error 1:1+13 | the block of vrrp_instance, opened in line 1, is not closed; the file breaks off | add a } at the end',
        'error 9:5+17 | the block of virtual_ipaddress, opened in line 9, is not closed; the file breaks off | add a } at the end',
      ],
    ],
    [
      'one in the middle is missing',
      without(INSTANCE, 8),
      ['error 5:5+14 | the block of authentication, opened in line 5, is not closed | add a } before line 8'],
    ],
    [
      'the same, without indentation: the keyword behind it tells',
      flat(without(INSTANCE, 8)),
      ['error 5:1+14 | the block of authentication, opened in line 5, is not closed | add a } before line 8'],
    ],
    [
      "an instance's is missing before the next",
      without(INSTANCE, 12) + SERVICE,
      ['error 1:1+13 | the block of vrrp_instance, opened in line 1, is not closed | add a } before line 12'],
    ],
    [
      "an instance's is missing, and the last of its block, too",
      without(INSTANCE, 11, 12) + flat(SERVICE),
      [
        'error 1:1+13 | the block of vrrp_instance, opened in line 1, is not closed | add a } before line 11',
        'error 9:5+17 | the block of virtual_ipaddress, opened in line 9, is not closed | add a } before line 11',
      ],
    ],
    [
      "a check's is missing: the next one stands too far left for it",
      without(SERVICE, 7),
      ['error 5:9+9 | the block of TCP_CHECK, opened in line 5, is not closed | add a } before line 7'],
    ],
    [
      "a real server's is missing before the next",
      without(SERVICE, 8),
      ['error 3:5+11 | the block of real_server, opened in line 3, is not closed | add a } before line 8'],
    ],
    [
      'the same, without indentation',
      flat(without(SERVICE, 8)),
      ['error 3:1+11 | the block of real_server, opened in line 3, is not closed | add a } before line 8'],
    ],
    [
      'two are missing in two places',
      without(INSTANCE, 8) + without(SERVICE, 8),
      [
        'error 5:5+14 | the block of authentication, opened in line 5, is not closed | add a } before line 8',
        'error 14:5+11 | the block of real_server, opened in line 14, is not closed | add a } before line 19',
      ],
    ],
    [
      'one too many at the end',
      `${INSTANCE}}\n`,
      ['warning 13:1+1 | this } closes nothing; it is passed over, as by keepalived | take it away'],
    ],
    [
      'one too many in the middle',
      INSTANCE.replace('    }\n', '    }\n    }\n'),
      ['error 9:5+1 | this } is one too many: it would close vrrp_instance, opened in line 1 | take it away'],
    ],
    [
      'one is left of a block whose head is a comment',
      INSTANCE.replace('authentication {', '# authentication {'),
      [
        'warning 6:9+9 | auth_type is not a keyword of vrrp_instance VI_1; it is ignored, with its block if it has one',
        'warning 7:9+9 | auth_pass is not a keyword of vrrp_instance VI_1; it is ignored, with its block if it has one',
        'error 8:5+1 | this } is one too many: it would close vrrp_instance, opened in line 1 | take it away',
      ],
    ],
    [
      'the same, without indentation',
      flat(INSTANCE.replace('authentication {', '# authentication {')),
      [
        'warning 1:15+4 | there is no address to move; only the role does, as in keepalived | write virtual_ipaddress { 10.0.0.13/24 }',
        'warning 6:1+9 | auth_type is not a keyword of vrrp_instance VI_1; it is ignored, with its block if it has one',
        'warning 7:1+9 | auth_pass is not a keyword of vrrp_instance VI_1; it is ignored, with its block if it has one',
        'warning 9:1+17 | virtual_ipaddress is not a keyword of the file; it is ignored, with its block if it has one',
        'error 12:1+1 | this } closes nothing | take it away, or look above it for another',
      ],
    ],
    [
      'the first one is missing',
      INSTANCE.replace(' {', ''),
      ['error 1:1+13 | vrrp_instance has no { | write { behind it'],
    ],
    [
      'the one of a list is missing: the indentation tells',
      INSTANCE.replace('virtual_ipaddress {', 'virtual_ipaddress'),
      ['error 9:5+17 | virtual_ipaddress has no { | write { behind it'],
    ],
    [
      'one is there twice',
      INSTANCE.replace('virtual_ipaddress {', 'virtual_ipaddress {\n    {'),
      ['error 10:5+1 | this { has no keyword before it | take it away'],
    ],
    [
      'a parenthesis in the place of one',
      INSTANCE.replace(/ {4}\}\n\}\n$/, '    )\n}\n'),
      [
        'error 9:5+17 | the block of virtual_ipaddress, opened in line 9, is not closed | add a } before line 11',
        'warning 11:5+1 | ) is not a keyword of vrrp_instance VI_1; it is ignored, with its block if it has one',
      ],
    ],
  ] as const) {
    it(name, () => assert.deepEqual(said(text), problems));
  }

  it('a block without a keyword', () => {
    assert.deepEqual(said(`{\n}\n${INSTANCE}`).slice(0, 1), [
      'error 1:1+1 | this { has no keyword before it',
    ]);
  });
  it('100,000 blocks that are never closed are read like any others', function () {
    this.timeout(60_000);
    const problems = said('frob {\nx y\n'.repeat(100_000));
    assert.equal(problems.filter(p => p.includes('is not closed')).length, 100_000);
  });
  it('100,000 lines with one brace missing are read like any others', function () {
    this.timeout(60_000);
    const many = Array.from({ length: 8000 }, (_, i) =>
      SERVICE.replace('0.0.13', `${i >> 16}.${(i >> 8) & 255}.${i & 255}`),
    );
    const problems = said(`${many.join('')}${without(INSTANCE, 8)}`);
    assert.deepEqual(problems, [
      'error 96005:5+14 | the block of authentication, opened in line 96005, is not closed | add a } before line 96008',
    ]);
  });
});
