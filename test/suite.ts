// Runs the test files of one suite under mocha and writes what came of them, for test/run.ts to add up:
//   node dist/test/suite.js REPORT TIMEOUT_MS FILE.test.js…
import { writeFileSync } from 'node:fs';
import Mocha from 'mocha';
import { whySkipped } from './skip.js';

/** What a suite's process leaves behind. */
export interface SuiteReport {
  readonly passed: number;
  readonly failed: number;
  readonly skipped: readonly { readonly title: string; readonly reason: string }[];
}

/** A suite that has ended must let go of everything within this time. */
const LINGER_MS = 5000;

async function main([report, timeout, ...files]: readonly string[]): Promise<void> {
  if (report === undefined || files.length === 0) throw new Error('usage: suite.js REPORT TIMEOUT_MS FILE…');
  const mocha = new Mocha({
    ui: 'bdd',
    reporter: 'spec',
    timeout: Number(timeout),
    forbidOnly: 'CI' in process.env,
  });
  for (const file of files) mocha.addFile(file);
  await mocha.loadFilesAsync();

  let passed = 0;
  let failed = 0;
  const skipped: SuiteReport['skipped'][number][] = [];
  const runner = mocha.run(() => {
    writeFileSync(report, JSON.stringify({ passed, failed, skipped } satisfies SuiteReport));
    process.exitCode = failed > 0 ? 1 : 0;
    setTimeout(() => {
      console.error(`the tests are over, and still at work: ${process.getActiveResourcesInfo().join(', ')}`);
      process.exit(1);
    }, LINGER_MS).unref();
  });
  runner.on('pass', () => passed++);
  runner.on('fail', () => failed++);
  runner.on('pending', test => skipped.push({ title: test.fullTitle(), reason: whySkipped(test) }));
}

await main(process.argv.slice(2));
