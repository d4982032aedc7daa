import assert from 'node:assert/strict';
import type { Check } from '../../../src/checkers/check.js';
import { readConfig } from '../../../src/config/read.js';

const REFUSED = / is not supported yet: nobody would notice when the server fails$/;

/** A check in line 4, with its first keyword in line 5. */
const check = (type: string, body: string, inner = ''): string =>
  `virtual_server 10.0.0.13 80 {\nprotocol TCP\nreal_server 10.0.0.17 80 {${inner}\n${type} {\n${body}\n}\n}\n}`;

/** All that is said of a text, but for the refusal of a check that is not there yet, as `line:column message`. */
const said = (text: string): string[] =>
  readConfig('ha.conf', text)
    .problems.filter(p => p.severity !== 'note' && !REFUSED.test(p.message))
    .map(p => `${p.at.line}:${p.at.column} ${p.message}`);

const only = (text: string): Check => {
  const { model, problems } = readConfig('ha.conf', text);
  const found = model?.services[0]?.realServers[0]?.checks[0];
  assert.ok(found, problems.map(p => p.message).join('\n'));
  return found;
};

describe('checks in the file: what keepalived goes on with, and so do we', () => {
  for (const [name, text, sentences] of [
    [
      'an address to connect to that is none',
      check('TCP_CHECK', 'connect_ip here'),
      [
        '5:12 connect_ip takes an IPv4 or IPv6 address, not "here"; as in keepalived, the real server\'s counts then',
      ],
    ],
    [
      'port 0',
      check('TCP_CHECK', 'connect_port 0'),
      [
        '5:14 connect_port takes a whole number from 1 to 65535, not "0"; as in keepalived, the real server\'s counts then',
      ],
    ],
    [
      'no time at all',
      check('TCP_CHECK', 'connect_timeout 0'),
      [
        '5:17 connect_timeout takes seconds from 0.000001 to 4294.967295, not "0"; as in keepalived, the real server\'s counts then',
      ],
    ],
    [
      'milliseconds where seconds are meant',
      check('TCP_CHECK', 'connect_timeout 5000'),
      [
        '5:17 connect_timeout takes seconds from 0.000001 to 4294.967295, not "5000"; as in keepalived, the real server\'s counts then',
      ],
    ],
    [
      'a source address of another family',
      check('TCP_CHECK', 'bindto fd00::1'),
      [
        '5:1 bindto fd00::1 is of another address family than 10.0.0.17, which is checked; bindto is left out',
      ],
    ],
    [
      'nb_get_retry in TCP_CHECK',
      check('TCP_CHECK', 'nb_get_retry 3'),
      ['5:1 keepalived does not know nb_get_retry in TCP_CHECK and would retry once; here it works as retry'],
    ],
    [
      'nb_get_retry in HTTP_GET',
      check('HTTP_GET', 'nb_get_retry 3\nurl { path / }'),
      ['5:1 nb_get_retry is an old name; write retry'],
    ],
    [
      'nb_get_retry in MISC_CHECK',
      check('MISC_CHECK', 'nb_get_retry 3\nmisc_path /bin/true'),
      [
        '5:1 keepalived does not know nb_get_retry in MISC_CHECK and would not retry at all; here it works as retry',
      ],
    ],
    [
      'a version of HTTP that there is none of',
      check('HTTP_GET', 'http_protocol 2\nurl { path / }'),
      ['5:15 http_protocol takes one of 1.0, 1.0C, 1.1, not "2"; as in keepalived, 1.0 counts then'],
    ],
    [
      'status codes, good and bad',
      check('HTTP_GET', 'url {\npath /\nstatus_code 99 200-299 300- 299-200 404\n}'),
      ['99', '300-', '299-200'].map(
        (code, i) =>
          `7:${[13, 24, 29][i] ?? 0} status_code takes status codes and ranges of them, such as 200 300-399, from 100 to 599, not "${code}", which is left out, as in keepalived`,
      ),
    ],
    [
      'a digest that is none',
      check('HTTP_GET', 'url {\npath /\ndigest abc\n}'),
      [
        '7:8 digest takes an MD5 in 32 hexadecimal digits (genhash prints it), not "abc"; as in keepalived, none counts then',
      ],
    ],
    [
      'a url without path among others',
      check('HTTP_GET', 'url { path / }\nurl {\nstatus_code 200\n}'),
      ['6:1 a url without path is left out, as in keepalived'],
    ],
    [
      'a path with spaces',
      check('HTTP_GET', 'url { path "/a b" }'),
      [
        '5:12 there are spaces in this path, which keepalived sends as they are and few servers understand; here %20 is sent for each',
      ],
    ],
    [
      'a server whose death nobody sees for hours',
      check('TCP_CHECK', 'delay_loop 3000\nretry 10\ndelay_before_retry 600'),
      [
        '4:1 a server that dies goes on getting connections for up to 151 minutes: delay_loop, and the tries with their delays',
      ],
    ],
    [
      'a server whose death nobody sees for years',
      check('TCP_CHECK', 'delay_loop 999999999'),
      [
        '4:1 a server that dies goes on getting connections for up to 31 days: delay_loop, and the tries with their delays',
      ],
    ],
    [
      'a program with arguments and no quotes',
      check('MISC_CHECK', 'misc_path /bin/check -a -b'),
      ['5:22 keepalived leaves out what follows an unquoted program; "-a" never reaches it'],
    ],
    [
      'a program with a shell’s words',
      check('MISC_CHECK', 'misc_path "/bin/check | grep ok"'),
      ['5:11 no shell reads this command: "|" is handed to the program as it stands, in keepalived, too'],
    ],
    [
      'no program',
      check('MISC_CHECK', 'misc_timeout 5'),
      ['4:1 MISC_CHECK without misc_path is left out in keepalived, so that nothing is checked'],
    ],
    [
      'a program that runs longer than can be counted',
      check('MISC_CHECK', 'misc_path /bin/true\nmisc_timeout 5000'),
      [
        '6:14 misc_timeout takes a whole number from 0 to 4294, not "5000"; as in keepalived, delay_loop counts then',
      ],
    ],
    [
      'a user, a group and more',
      check('MISC_CHECK', 'misc_path /bin/true\nuser nobody : nogroup wheel'),
      ['6:23 user takes a user and a group; "wheel" is ignored'],
    ],
    [
      'a session that there is none of',
      check('BFD_CHECK', 'name A'),
      ['5:1 there is no bfd_instance A; keepalived leaves the BFD_CHECK out, so that nothing is checked'],
    ],
    [
      'a file that nobody watches',
      check('FILE_CHECK', 'track_file load\nweight 5 reverse'),
      ['5:1 there is no track_file load; keepalived leaves the FILE_CHECK out, so that nothing is checked'],
    ],
    [
      'a file without a name',
      check('FILE_CHECK', 'weight 5 back'),
      [
        '4:1 FILE_CHECK without track_file is left out in keepalived, so that nothing is checked',
        '5:10 weight knows nothing but reverse behind its number; "back" is ignored',
      ],
    ],
    [
      'a question that DNS does not know',
      check('DNS_CHECK', 'type any\nname example.org'),
      [
        '5:6 type takes one of A, NS, CNAME, SOA, MX, TXT, AAAA, not "any"; as in keepalived, SOA counts then',
      ],
    ],
    ['a question in small letters', check('DNS_CHECK', 'type aaaa'), []],
    [
      'a payload that is no bytes',
      check('UDP_CHECK', 'payload xyz\nrequire_reply\nmin_reply_length 70000'),
      [
        '5:9 payload takes hexadecimal digits, two for each byte, not "xyz"; as in keepalived, what is random counts then',
        '7:18 min_reply_length takes a whole number from 0 to 65535, not "70000"; as in keepalived, 0 counts then',
      ],
    ],
    ['an answer with any digits', check('UDP_CHECK', 'require_reply 01XX'), []],
    ['an old block of SMTP_CHECK', check('SMTP_CHECK', 'helo_name lb\nhost {\nconnect_port 25\n}'), []],
    ['an echo', check('PING_CHECK', 'retry 0\nconnect_port 7'), []],
    ['TLS, with all that HTTP has', check('SSL_GET', 'enable_sni\nurl {\npath /\n}'), []],
    [
      'a keyword of another check',
      check('PING_CHECK', 'misc_path /bin/true'),
      ['5:1 misc_path is not a keyword of PING_CHECK; it is ignored, with its block if it has one'],
    ],
  ] as const) {
    it(name, () => {
      assert.deepEqual(said(text), sentences);
      const errors = readConfig('ha.conf', text).problems.filter(p => p.severity === 'error');
      assert.deepEqual(
        errors.filter(p => !REFUSED.test(p.message)),
        [],
      );
    });
  }

  it('gives what is left of it to the check', () => {
    const got = only(
      check(
        'HTTP_GET',
        'bindto fd00::1\nconnect_timeout 0\nurl {\npath "/a b"\nstatus_code 99 404\n}\nurl {\n}',
        'connect_timeout 7',
      ),
    );
    assert.ok(got.type === 'HTTP_GET');
    assert.deepEqual([got.bindAddress, got.timeoutMs], [undefined, 7000]);
    assert.deepEqual(
      got.urls.map(u => [u.path, u.statusCodes]),
      [['/a%20b', [[404, 404]]]],
    );
  });
  it('asks the port that is written, where DR forwards to another', () => {
    const text = check('TCP_CHECK', '')
      .replace('protocol', 'lb_kind DR\nprotocol')
      .replace('17 80', '17 8080');
    const asked = only(text);
    assert.equal(asked.type === 'TCP_CHECK' && asked.connectPort, 8080);
  });
  it('waits no longer than 31 days, and never less than a millisecond', () => {
    const slow = only(check('TCP_CHECK', 'delay_loop 18446744073709\nwarmup 18446744073709'));
    assert.deepEqual([slow.delayLoopMs, slow.warmupMs], [2_678_400_000, 2_678_400_000]);
    const fast = only(check('TCP_CHECK', 'delay_loop 0.000001\nconnect_timeout 0.000001'));
    assert.deepEqual([fast.delayLoopMs, fast.timeoutMs], [1, 1]);
  });
});

describe('checks in the file: errors', () => {
  for (const [name, text, sentence] of [
    [
      'HTTP_GET without url, of which keepalived dies',
      check('HTTP_GET', ''),
      '4:1 url is missing in HTTP_GET',
    ],
    ['HTTP_GET whose only url has no path', check('HTTP_GET', 'url {\n}'), '4:1 url is missing in HTTP_GET'],
    ['SSL_GET without url', check('SSL_GET', ''), '4:1 url is missing in SSL_GET'],
    [
      'regex',
      check('HTTP_GET', 'url {\npath /\nregex ok\n}'),
      '7:1 regex is not supported yet: the body is not searched',
    ],
    [
      'a keyword without its number',
      check('TCP_CHECK', 'retry'),
      '5:1 retry takes a whole number from 0 to 4294967295',
    ],
    ['a program without its name', check('MISC_CHECK', 'misc_path'), '5:1 misc_path takes a program'],
  ] as const) {
    it(name, () => {
      assert.ok(said(text).includes(sentence), said(text).join('\n'));
      assert.equal(readConfig('x', text).model, undefined);
    });
  }
  for (const type of ['BFD_CHECK', 'FILE_CHECK']) {
    it(`${type}, once, whatever is in it`, () => {
      const { problems } = readConfig('x', check(type, 'alpha\nlog_all_failures'));
      assert.deepEqual(
        problems.filter(p => REFUSED.test(p.message)).map(p => p.at.line),
        [4],
      );
    });
  }
});
