import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, normalize } from 'node:path';

/** What a room may import. `node`: the platform and npm packages; else it is pure, or gets them through ports. */
interface Room {
  readonly may: readonly string[];
  readonly node?: boolean;
}

const PURE_BASE = ['lib'];
const DRIVER_BASE = ['lib', 'ports'];

/** Every file belongs to the longest name here that its path begins with. A file in no room fails the build. */
const ROOMS: Readonly<Record<string, Room>> = {
  lib: { may: [] },
  ports: { may: ['lib', 'scripts/script.ts'] },
  io: { may: ['lib', 'ports', 'ipc', 'scripts/script.ts'], node: true },
  'vrrp/core': { may: PURE_BASE },
  'vrrp/wire': { may: PURE_BASE },
  'scripts/core': { may: [...PURE_BASE, 'scripts/script.ts'] },
  'scripts/script.ts': { may: PURE_BASE },
  scripts: { may: [...DRIVER_BASE, 'scripts/core', 'scripts/script.ts'] },
  'vrrp/instance.ts': { may: [...PURE_BASE, 'vrrp/core'] },
  'vrrp/keywords': { may: [...PURE_BASE, 'vrrp/instance.ts'] },
  'vrrp/config': {
    may: [...PURE_BASE, 'vrrp/core', 'vrrp/instance.ts', 'vrrp/keywords', 'scripts/script.ts'],
  },
  'vrrp/reload.ts': { may: [...PURE_BASE, 'vrrp/core', 'vrrp/instance.ts', 'ipc/document.ts'] },
  vrrp: { may: [...DRIVER_BASE, 'vrrp/core', 'vrrp/wire', 'vrrp/instance.ts', 'ipc/document.ts'] },
  'arp/core': { may: PURE_BASE },
  'arp/wire': { may: PURE_BASE },
  arp: { may: [...DRIVER_BASE, 'arp/core', 'arp/wire'] },
  'bfd/keywords': { may: PURE_BASE },
  'checkers/core': { may: PURE_BASE },
  'checkers/judge': { may: [...PURE_BASE, 'checkers/check.ts'] },
  'checkers/check.ts': { may: [...PURE_BASE, 'scripts/script.ts'] },
  'checkers/keywords': { may: [...PURE_BASE, 'checkers/check.ts'] },
  'checkers/config': { may: [...PURE_BASE, 'checkers/check.ts', 'checkers/keywords'] },
  checkers: {
    may: [...DRIVER_BASE, 'checkers/core', 'checkers/judge', 'checkers/check.ts', 'ipc/document.ts'],
  },
  'ipvs/core': { may: [...PURE_BASE, 'ipvs/service.ts'] },
  'ipvs/service.ts': { may: [...PURE_BASE, 'checkers/check.ts'] },
  'ipvs/keywords': { may: [...PURE_BASE, 'ipvs/service.ts', 'checkers/keywords'] },
  'ipvs/config': {
    may: [
      ...PURE_BASE,
      'ipvs/service.ts',
      'ipvs/keywords',
      'checkers/config',
      'checkers/keywords',
      'checkers/check.ts',
    ],
  },
  ipvs: { may: [...DRIVER_BASE, 'ipvs/core', 'ipvs/service.ts', 'ipc/document.ts'] },
  config: {
    may: [
      ...PURE_BASE,
      'bfd/keywords',
      'vrrp/config',
      'vrrp/keywords',
      'vrrp/instance.ts',
      'scripts/script.ts',
      'ipvs/config',
      'ipvs/keywords',
      'ipvs/service.ts',
    ],
  },
  'ipc/document.ts': { may: [] },
  ipc: {
    may: [
      ...DRIVER_BASE,
      'ipc/document.ts',
      'vrrp/instance.ts',
      'vrrp/reload.ts',
      'vrrp/core',
      'ipvs/service.ts',
    ],
  },
  proc: { may: ['*'], node: true },
  cli: { may: ['*'], node: true },
  bin: { may: ['cli', 'proc', 'io'], node: true },
};

/** Words that reach outside. A pure room that needs one has an argument missing. */
const OUTSIDE =
  /\b(Date\.now|new Date|performance\.|setTimeout|setInterval|setImmediate|process\.|Math\.random|console\.|Buffer\.)/;

const SRC = 'src';
const files = readdirSync(SRC, { recursive: true, encoding: 'utf8' }).filter(file => file.endsWith('.ts'));

const roomOf = (file: string): string | undefined =>
  Object.keys(ROOMS)
    .filter(room => file === room || file.startsWith(`${room}/`))
    .sort((a, b) => b.length - a.length)[0];

/** Every breach in a file of the room, as sentences. */
function breaches(file: string, text: string): string[] {
  const name = roomOf(file);
  if (name === undefined) return [`${file} is in no room`];
  const room = ROOMS[name]!;
  const found: string[] = [];
  for (const [, target = ''] of text.matchAll(/(?:\bfrom|\bimport)\s*\(?\s*'([^'\n]+)'/g)) {
    if (!target.startsWith('.')) {
      if (room.node !== true) found.push(`${file} imports ${target}`);
      continue;
    }
    const other = roomOf(normalize(join(dirname(file), target)).replace(/\.js$/, '.ts'));
    const allowed =
      other !== undefined && (other === name || room.may.includes('*') || room.may.includes(other));
    const partOf = other !== undefined && room.may.some(may => other.startsWith(`${may}/`));
    if (!allowed && !partOf) found.push(`${file} imports ${target}`);
  }
  if (room.node !== true) {
    const code = text.replace(/\/\*[^]*?\*\/|\/\/.*$/gm, '');
    const word = OUTSIDE.exec(code)?.[0];
    if (word !== undefined) found.push(`${file} says ${word}`);
  }
  return found;
}

describe('rooms: who may import whom', () => {
  it(`every one of the ${files.length} source files keeps to its room`, () => {
    assert.deepEqual(
      files.flatMap(file => breaches(file, readFileSync(join(SRC, file), 'utf8'))),
      [],
    );
  });

  for (const [file, text, breach] of [
    [
      'vrrp/core/x.ts',
      "import type { Clock } from '../../ports/clock.js';",
      'vrrp/core/x.ts imports ../../ports/clock.js',
    ],
    ['vrrp/core/x.ts', 'const now = Date.now();', 'vrrp/core/x.ts says Date.now'],
    [
      'ipvs/reconciler.ts',
      "import { spawn } from 'node:child_process';",
      'ipvs/reconciler.ts imports node:child_process',
    ],
    [
      'checkers/driver.ts',
      "import { step } from '../vrrp/core/router.js';",
      'checkers/driver.ts imports ../vrrp/core/router.js',
    ],
    [
      'io/clock.ts',
      "import { step } from '../vrrp/core/router.js';",
      'io/clock.ts imports ../vrrp/core/router.js',
    ],
    ['attic/x.ts', '', 'attic/x.ts is in no room'],
  ] as const) {
    it(`a breach is seen: ${breach}`, () => {
      assert.deepEqual(breaches(file, text), [breach]);
    });
  }

  it('no file is so long that it has two reasons to be opened', () => {
    const long = files.filter(file => readFileSync(join(SRC, file), 'utf8').split('\n').length > 320);
    assert.deepEqual(long, []);
  });
});
