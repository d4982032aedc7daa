// Builds the addon with the node-gyp that npm brings. Where the headers of the running node lie beside it
// (Debian's and NodeSource's packages put them there), they are used, and nothing is fetched.
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const here = dirname(fileURLToPath(import.meta.url));
const prefix = dirname(dirname(process.execPath));
const headers = existsSync(join(prefix, 'include/node/node_api.h')) ? [`--nodedir=${prefix}`] : [];
const { status, error } = spawnSync('node-gyp', ['rebuild', '--silent', ...headers], {
  cwd: here,
  stdio: 'inherit',
});
if (error) {
  console.error(`node-gyp did not start (${error.message}): run this through npm, which brings it`);
}
process.exit(status ?? 1);
