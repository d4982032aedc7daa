// `make lab`: the guide's network with both directors running, and a shell in it.
import { spawn } from 'node:child_process';
import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Director, type DirectorKind } from './director.js';
import { ROOT, guideConfig, guideNetwork } from './guide.js';

const WORDS = `Two directors, lb03 (10.0.0.15) and lb04 (10.0.0.16), serve 10.0.0.13 for web03 and web04; a client looks on.
The name of a host runs a command on it. Some things to try:

  lb03 ipvsadm -ln                    the table (or: ip netns exec lb03 ipvsadm -ln)
  lb03 ip a s eth0                    who has the address
  client curl 10.0.0.13               a request
  status lb03                         what a director knows
  tail -f $lab/lb03/log               what a director says
  cable lb03 out; cable lb03 in       pull a cable and put it back (or: lb03 ip link set eth0 down)
  stop lb03; crash lb03; start lb03   a planned stop; kill -9 of everything; the return
  client ping -i 0.01 10.0.0.13       watch it in another shell: Ctrl-Z, bg
  lb04 tcpdump -ni eth0 vrrp          the adverts

exit takes everything down.`;

const kind: DirectorKind = process.env['KIND'] === 'keepalived' ? 'keepalived' : 'holdfast';
const network = await guideNetwork('');
const folder = mkdtempSync(join(tmpdir(), 'lab-'));
const directors = [network.lb03, network.lb04].map(
  host =>
    new Director(host, kind, guideConfig(host.name === 'lb03' ? 'lb03' : 'lb04'), {
      folder: join(folder, host.name),
    }),
);
for (const director of directors) {
  director.start();
  writeFileSync(join(director.folder, 'process'), `${director.daemon.pid}\n`);
  await director.becomes('BACKUP', { within: 60_000 }); // lb03 listens before lb04 does, and so is first
}
await directors[0]?.becomes('MASTER');

const shell = join(folder, 'shell');
const hosts = [...network.topology.hosts.keys()].map(name => `${name}() { ip netns exec ${name} "$@"; }`);
const starts = directors.map(
  ({ host, command }) =>
    `  ${host.name}) ip netns exec ${host.name} ${command.join(' ')} >> $lab/${host.name}/log 2>&1 &`,
);
writeFileSync(
  shell,
  `[ ! -r ~/.bashrc ] || . ~/.bashrc
lab=${folder}
PATH=$PATH:${join(ROOT, 'bin')}
PS1='lab# '
${hosts.join('\n')}
status() { holdfast status --socket "$lab/\${1:-lb03}/holdfast.sock"; }
cable() { if [ "$2" = out ]; then ip -n wire link set "$1" down; else ip -n wire link set "$1" up; fi; }
stop() { kill "$(cat "$lab/$1/process")"; }
crash() { ip netns pids "$1" | xargs -r kill -9; }
start() {
  case $1 in
${starts.map(line => `${line}\n    ;;`).join('\n')}
  *) echo 'start lb03, or start lb04'; return ;;
  esac
  echo $! > "$lab/$1/process"
}
cat <<'WORDS'
${WORDS}
WORDS
`,
);
// Ctrl-C is for what runs in the shell.
process.on('SIGINT', () => undefined);
const bash = spawn('bash', ['--rcfile', shell, '-i'], { stdio: 'inherit' });
bash.on('exit', () => {
  for (const director of directors) director.remove();
  process.exit(0);
});
