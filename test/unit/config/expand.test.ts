import assert from 'node:assert/strict';
import { ALONE, expand, type Inclusion, type Surroundings } from '../../../src/config/expand.js';
import { readConfig } from '../../../src/config/read.js';
import { placeIn, textOf, type Line } from '../../../src/config/line.js';
import { Problems } from '../../../src/lib/problem.js';

interface Given {
  readonly id?: string;
  readonly files?: Readonly<Record<string, string>>;
  readonly unreadable?: readonly string[];
}

const around = ({ id = 'main', files = {}, unreadable = [] }: Given): Surroundings => ({
  ...ALONE,
  configId: id,
  environment: { SITE: 'north' },
  random: () => 0.5,
  include: (pattern): Inclusion => ({
    files: Object.entries(files)
      .filter(
        ([file]) => file === pattern || (pattern.endsWith('*') && file.startsWith(pattern.slice(0, -1))),
      )
      .map(([file, text]) => ({ file, text })),
    unreadable,
  }),
});

const expanded = (text: string, given: Given = {}): string[] => {
  const problems = new Problems();
  const lines: string[] = [];
  expand('/etc/ha.conf', text, around(given), problems, ({ line, comment = '' }) =>
    lines.push(`${textOf(line)} ${comment}`.trim()),
  );
  return [
    ...lines,
    ...problems.all.map(p => `${p.severity} ${p.at.file}:${p.at.line}:${p.at.column} ${p.message}`),
  ];
};

describe('config: what is done before keywords are looked at', () => {
  for (const [name, text, lines, given] of [
    // The examples of keepalived.conf(5), with the expansions printed there.
    ['@id lines for this machine are kept', '@main router_id a\n@backup router_id b', ['router_id a']],
    [
      '@^id lines are for all others',
      '@^main 1.2.3.4\n@^backup 1.2.3.5\n@^backup2 1.2.3.6',
      ['1.2.3.5', '1.2.3.6'],
    ],
    [
      'a parameter is put in when it is used, not when it is defined',
      '$ADDRESS_BASE=10.2.${ADDRESS_BASE_SUB}\n$ADDRESS_BASE_SUB=0\n${ADDRESS_BASE}.100/32\n$ADDRESS_BASE_SUB=10\n${ADDRESS_BASE}.100/32',
      ['10.2.0.100/32', '10.2.10.100/32'],
    ],
    [
      'a definition may be conditional',
      '@main $PRIORITY=240\n@backup $PRIORITY=200\npriority $PRIORITY',
      ['priority 240'],
    ],
    ['a parameter may be a condition', '$IF_MAIN=@main\n$IF_MAIN priority 240', ['priority 240']],
    ['the same, on another machine', '$IF_MAIN=@main\n$IF_MAIN priority 240', [], { id: 'other' }],
    [
      'a definition of several lines',
      '$INSTANCE= \\\nvrrp_instance VI_${NUM} { \\\n  @main priority 130 \\\n  @low priority 120 \\\n}\n$NUM=0\n$INSTANCE\n$NUM=1\n$INSTANCE',
      ['vrrp_instance VI_0 {', 'priority 130', '}', 'vrrp_instance VI_1 {', 'priority 130', '}'],
    ],
    [
      'definitions inside a definition',
      '$RS= \\\nreal_server ${RS_NUM} { \\\n}\n$VS= \\\nvs ${VS_NUM} { \\\n$RS_NUM=1 \\\n$RS \\\n$RS_NUM=2 \\\n$RS \\\n}\n$VS_NUM=7\n$VS',
      ['vs 7 {', 'real_server 1 {', '}', 'real_server 2 {', '}', '}'],
    ],
    [
      'a sequence',
      '~SEQ(SUBNET, 0, 3) ip 10.0.${SUBNET}.1',
      ['ip 10.0.0.1', 'ip 10.0.1.1', 'ip 10.0.2.1', 'ip 10.0.3.1'],
    ],
    [
      'a sequence in hexadecimal',
      '~SEQx(SUBNET, 0x90, 0x10, 0xc0) fe80::20:${SUBNET}:1',
      ['fe80::20:90:1', 'fe80::20:a0:1', 'fe80::20:b0:1', 'fe80::20:c0:1'],
    ],
    ['a sequence with its end alone', '~SEQ(N, 2) x${N}\n~SEQ(M, -2) y${M}', ['x1', 'x2', 'y-1', 'y-2']],
    ['a list', '~LST({IP, IP1}, {10,1},{20,4}) 192.168.${IP}.${IP1}', ['192.168.10.1', '192.168.20.4']],
    [
      'lists and sequences in one line',
      '~LST(A, 5,6) ~SEQ(B,168,2,170) ${B}.${A}',
      ['168.5', '170.5', '168.6', '170.6'],
    ],
    // The rest of the language.
    ['what is not defined stays as it is', 'script "echo $HOME ${NOPE}"', ['script "echo $HOME ${NOPE}"']],
    ['a parameter without braces ends at white space', '$A=1\nx $A y $A.5', ['x 1 y $A.5']],
    ['an empty parameter', '$A=\nx${A}y', ['xy']],
    [
      'what is there from the start',
      '${_PWD} ${_INSTANCE} ${_RANDOM 10 20} ${_ENV SITE} "a${_HASH}${_BANG}" b${_HASH}',
      ['/etc main 15 north "a#!" b\\#'],
    ],
    [
      'a line that goes on',
      'auth_type \\\n  PASS\nnext',
      [
        'auth_type  PASS',
        'next',
        'warning /etc/ha.conf:1:1 keepalived 2.2 joins the lines of a definition alone: it takes the backslash at the end for a part of the last word',
      ],
    ],
    [
      'comments do not go on, and nothing is put into them',
      '$B=1\n# a \\\n! $B \\\nx',
      ['# a \\', '! $B \\', 'x'],
    ],
    ['an included file', 'a\ninclude b.conf\nc', ['a', 'b', 'c'], { files: { 'b.conf': 'b' } }],
    [
      'included files by a wildcard, in order',
      'include conf.d/*',
      ['1', '2'],
      { files: { 'conf.d/1': '1', 'conf.d/2': '2' } },
    ],
    [
      'parameters reach into included files and out of them',
      '$A=1\ninclude b.conf\n${B}',
      ['x1', '2'],
      { files: { 'b.conf': 'x${A}\n$B=2' } },
    ],
    ['a file that is not there', 'include no.conf', ['warning /etc/ha.conf:1:1 no file is called no.conf']],
    ['a file that has to be there', 'includea no.conf', ['error /etc/ha.conf:1:1 no file is called no.conf']],
    [
      'a file that cannot be read',
      'includer x',
      ['error /etc/ha.conf:1:1 x may not be read'],
      { unreadable: ['x may not be read'] },
    ],
    ['an include of nothing', 'include', ['error /etc/ha.conf:1:1 include takes the name of a file']],
    [
      'files that include each other',
      'include a',
      ['error a:1:1 files include each other without end'],
      { files: { a: 'include a' } },
    ],
    [
      'parameters that contain each other',
      '$A=${B}\n$B=${A}\n${A}',
      ['error /etc/ha.conf:3:1 the parameters of this line contain each other without end'],
    ],
    [
      'a sequence that never ends',
      '~SEQ(A, 1, -1, 5) x',
      ['error /etc/ha.conf:1:1 a sequence from 1 by -1 never comes to 5'],
    ],
    [
      'a sequence that repeats itself',
      '$A=~SEQ(N,1,1) $A\n$A',
      ['error /etc/ha.conf:2:1 repetitions contain each other without end'],
    ],
    [
      'a sequence of no numbers',
      '~SEQ(A, x) y',
      [
        'error /etc/ha.conf:1:1 a sequence is written ~SEQ(NAME, START, STEP, END) with whole numbers; START and STEP may be left out',
      ],
    ],
  ] as readonly (readonly [string, string, readonly string[], Given?])[]) {
    it(name, () => assert.deepEqual(expanded(text, given), lines));
  }

  it('a definition that doubles itself ends, and is an error', function () {
    this.timeout(30_000);
    assert.deepEqual(
      expanded('$A= \\\n$A \\\n$A\n$A')
        .slice(-1)
        .map(line => line.split(' ').slice(-4).join(' ')),
      ['more than 500000 lines'],
    );
  });

  it('a word knows where it was written: in its own file, and at the use of a parameter', () => {
    const problems = new Problems();
    const files = { 'b.conf': '  @main  priority ${P} x' };
    let line: Line = [];
    expand('/etc/ha.conf', '$P=12345678\ninclude b.conf', around({ files }), problems, found => {
      line = found.line;
    });
    const text = textOf(line);
    assert.deepEqual(placeIn(line, text.indexOf('priority'), text.indexOf(' ')), {
      file: 'b.conf',
      line: 1,
      column: 10,
      length: 8,
    });
    assert.deepEqual(placeIn(line, text.indexOf('1234'), text.indexOf('1234') + 8), {
      file: 'b.conf',
      line: 1,
      column: 19,
      length: 4,
    });
    assert.deepEqual(placeIn(line, text.indexOf('x'), text.length), {
      file: 'b.conf',
      line: 1,
      column: 24,
      length: 1,
    });
  });

  it('65,024 instances of two lines are read in seconds', function () {
    this.timeout(60_000);
    const text = '$V= \\\ninstance v.${A}.${B} { \\\n}\n~SEQ(A,1,256) ~SEQ(B,1,254) $V';
    assert.equal(expanded(text).length, 256 * 254 * 2);
  });

  it('100,000 lines are read in under a second', function () {
    this.timeout(60_000);
    const one = (i: number): string =>
      `virtual_server 10.${i >> 16}.${(i >> 8) & 255}.${i & 255} 80 {\nprotocol TCP\nlb_algo rr\nlb_kind DR\nreal_server 192.168.0.1 80 {\nTCP_CHECK {\nconnect_timeout 3\n}\n}\n}\n`;
    const text = Array.from({ length: 10_000 }, (_, i) => one(i)).join('');
    const started = performance.now();
    const { model, problems } = readConfig('x', text);
    const took = performance.now() - started;
    assert.deepEqual(problems.slice(0, 3), []);
    assert.equal(model?.services.length, 10_000);
    // A bound that only something quadratic breaks; the figure itself is shown.
    assert.ok(took < 10_000, `${took} ms`);
    console.log(`      ${Math.round(took)} ms`);
  });
});
