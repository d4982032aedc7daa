// Runs the suites one after another, each in processes of its own, and counts:
//   node dist/test/run.js [--suite NAME]… [test/unit/x.test.ts…]
//
// A suite is a folder under test/ with *.test.ts files. Files whose name begins with `ipvs` or `pair` need IPVS: each of
// them gets a kernel of its own in User-Mode Linux where this machine's kernel has no IPVS.
import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, readdirSync, rmSync } from 'node:fs';
import { basename, dirname, join, relative, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import type { SuiteReport } from './suite.js';

interface Suite {
  readonly name: string;
  /** How long one test may take if it does not say so itself. */
  readonly testMs: number;
  /** How long one process of the suite may take. */
  readonly limitSeconds: number;
}

const SUITES: readonly Suite[] = [
  { name: 'unit', testMs: 10_000, limitSeconds: 240 },
  { name: 'sim', testMs: 60_000, limitSeconds: 240 },
  // FUZZ=1000000 takes its time.
  { name: 'fuzz', testMs: 60_000, limitSeconds: process.env['FUZZ'] === undefined ? 240 : 7200 },
  { name: 'lab', testMs: 60_000, limitSeconds: 480 },
  { name: 'interop', testMs: 60_000, limitSeconds: 600 },
];

const dist = dirname(fileURLToPath(import.meta.url));
const root = resolve(dist, '../..');

/** Reports lie where User-Mode Linux sees them too: its /tmp is its own. */
const reports = mkdtempSync('/var/tmp/holdfast-test.');
process.on('exit', () => rmSync(reports, { recursive: true, force: true }));
for (const [signal, status] of [
  ['SIGINT', 130],
  ['SIGTERM', 143],
] as const) {
  process.on(signal, () => process.exit(status)); // the children, in the same process group, were told too
}

const needsIpvs = (file: string): boolean => /^(ipvs|pair)/.test(basename(file));

/** The test files of a folder. The sources count: the build of a test that has gone may still lie about. */
function filesOf(suite: Suite): string[] {
  const folder = join(root, 'test', suite.name);
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter(name => name.endsWith('.test.ts'))
    .sort()
    .map(name => join(folder, name));
}

/** Runs some files in one process, or in one kernel. A process that leaves no report has failed. */
async function runPart(suite: Suite, files: readonly string[], ipvs: boolean): Promise<SuiteReport> {
  const report = join(reports, `${suite.name}-${basename(files[0] ?? 'none')}.json`);
  const compiled = files.map(file => join(dist, relative(join(root, 'test'), file)).replace(/\.ts$/, '.js'));
  const node = [
    process.execPath,
    '--enable-source-maps',
    join(dist, 'suite.js'),
    report,
    String(suite.testMs),
  ];
  const limited = ipvs
    ? [
        join(root, 'test/lab/with-ipvs'),
        '-t',
        String(suite.limitSeconds),
        '-m',
        '2048M',
        ...node,
        ...compiled,
      ]
    : ['timeout', '-k', '10', '--foreground', String(suite.limitSeconds), ...node, ...compiled];
  const [command = '', ...args] = limited;
  const status = await new Promise<string>(settled => {
    const child = spawn(command, args, { cwd: root, stdio: ['ignore', 'inherit', 'inherit'] });
    child.on('error', error => settled(error.message));
    child.on('close', (code, signal) => settled(signal ?? `status ${code ?? '?'}`));
  });
  let counted: SuiteReport | null = null;
  try {
    counted = JSON.parse(readFileSync(report, 'utf8')) as SuiteReport;
  } catch {
    // Said below: no report.
  }
  if (counted === null || (status !== 'status 0' && counted.failed === 0)) {
    console.log(
      `\n  ${suite.name}: the process for ${files.map(f => relative(root, f)).join(', ')} broke off: ${status}`,
    );
    return { passed: counted?.passed ?? 0, failed: 1, skipped: counted?.skipped ?? [] };
  }
  return counted;
}

async function runSuite(suite: Suite, files: readonly string[]): Promise<SuiteReport> {
  const plain = files.filter(file => !needsIpvs(file));
  const parts = [
    ...(plain.length > 0 ? [{ files: plain, ipvs: false }] : []),
    ...files.filter(needsIpvs).map(file => ({ files: [file], ipvs: true })),
  ];
  let sum: SuiteReport = { passed: 0, failed: 0, skipped: [] };
  for (const part of parts) {
    const one = await runPart(suite, part.files, part.ipvs);
    sum = {
      passed: sum.passed + one.passed,
      failed: sum.failed + one.failed,
      skipped: [...sum.skipped, ...one.skipped],
    };
  }
  if (sum.passed + sum.failed === 0) {
    console.log(`\n  ${suite.name}: no test ran, which counts as a failure`);
    return { ...sum, failed: 1 };
  }
  return sum;
}

const row = (cells: readonly (string | number)[]): string =>
  cells.map((cell, n) => (n === 0 ? String(cell).padEnd(9) : String(cell).padStart(9))).join('');

async function main(): Promise<number> {
  const { values, positionals } = parseArgs({
    options: { suite: { type: 'string', multiple: true } },
    allowPositionals: true,
  });
  const only = positionals.map(path => resolve(root, path));
  const known = SUITES.map(suite => suite.name);
  for (const name of values.suite ?? []) {
    if (!known.includes(name)) throw new Error(`there is no suite "${name}"; there are ${known.join(', ')}`);
  }
  const rows: string[] = [];
  const skipped: string[] = [];
  const sum = { passed: 0, failed: 0 };
  let found = 0;
  for (const suite of SUITES) {
    if (values.suite && !values.suite.includes(suite.name)) continue;
    const files = filesOf(suite).filter(file => only.length === 0 || only.includes(file));
    if (files.length === 0 && only.length > 0) continue;
    found += files.length;
    console.log(`\n${suite.name}`);
    const start = performance.now();
    const result = await runSuite(suite, files);
    const seconds = ((performance.now() - start) / 1000).toFixed(1);
    rows.push(row([suite.name, result.passed, result.failed, result.skipped.length, seconds]));
    skipped.push(...result.skipped.map(({ title, reason }) => `  ${suite.name}: ${title} (${reason})`));
    sum.passed += result.passed;
    sum.failed += result.failed;
  }
  if (only.length > found) throw new Error(`not a test file of any suite: ${positionals.join(' ')}`);
  console.log(`\n${[row(['suite', 'passed', 'failed', 'skipped', 'seconds']), ...rows].join('\n')}`);
  if (skipped.length > 0) console.log(`\nskipped:\n${skipped.join('\n')}`);
  console.log(`\n${sum.passed} passed, ${sum.failed} failed, ${skipped.length} skipped`);
  return sum.failed > 0 ? 1 : 0;
}

try {
  process.exitCode = await main();
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  console.log('\n0 passed, 1 failed, 0 skipped');
  process.exitCode = 1;
}
