// `make demo`: the guide's pair of directors on a real kernel, told on the terminal with measured times. KIND=keepalived
// shows the same with keepalived in both places.
import { release } from 'node:os';
import { join, dirname } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Capture } from './capture.js';
import { nowMicros, type Daemon } from './daemon.js';
import { Director, type DirectorKind } from './director.js';
import {
  GUIDE_TABLE,
  VIP,
  guideConfig,
  guideNetwork,
  guideTableWithout,
  tableBecomes,
  type GuideNetwork,
} from './guide.js';
import { Prober, milliseconds } from './prober.js';
import type { Request } from './requester.js';
import { Story } from './story.js';

/** Three of lb03's intervals and lb04's skew, in µs: when lb04 must speak after lb03's last advert. */
const MASTER_DOWN = 3_000_000 + ((256 - 100) * 1_000_000) / 256;
/** What a planned switch may cost a client before the demo fails, in ms. */
const PLANNED_LIMIT = 100;
/** How far the backup's first advert may be from the formula before the demo fails, in ms: the lab's kernel may stall. */
const FORMULA_LIMIT = 100;

const kind: DirectorKind = process.env['KIND'] === 'keepalived' ? 'keepalived' : 'holdfast';
const pause = (ms: number): Promise<void> => new Promise(resume => setTimeout(resume, ms));
const seconds = (micros: number): string => (micros / 1_000_000).toFixed(2);

/** The lab, running. */
interface Scene {
  readonly story: Story;
  readonly network: GuideNetwork;
  readonly lb03: Director;
  readonly lb04: Director;
  readonly capture: Capture;
  requests: Daemon | null;
}

/** @returns the web requests made since then that have ended. */
const requestsSince = ({ requests }: Scene, since: number): Request[] =>
  (requests?.lines ?? [])
    .map(({ text }) => JSON.parse(text) as Request)
    .filter(({ at }) => at * 1000 >= since);

function tellRequests(scene: Scene, since: number): void {
  const made = requestsSince(scene, since);
  const lost = made.filter(({ page }) => page === null).length;
  const by = [...new Set(made.map(({ page }) => page).filter(page => page !== null))].sort().join(' and ');
  scene.story.say(
    `web requests in that time: ${made.length}, ${lost} unanswered; answered by ${by || 'nobody'}`,
  );
}

async function election({ story, network, lb03, lb04, capture }: Scene): Promise<void> {
  story.chapter(`Both directors start ${kind} with the guide's files`);
  const start = nowMicros();
  lb03.start();
  await lb03.becomes('BACKUP', { within: 40_000 }); // it listens: lb04 cannot come first
  lb04.start();
  const first = await capture.advert(({ source }) => source === '10.0.0.15', {
    since: start,
    within: 40_000,
  });
  await lb03.becomes('MASTER');
  await lb04.becomes('BACKUP', { within: 40_000 });
  story.say(`lb03 is master: its first advert came after ${seconds(first.at - start)} s`);
  await Promise.all([
    tableBecomes(network.lb03, GUIDE_TABLE, 15_000),
    tableBecomes(network.lb04, GUIDE_TABLE, 15_000),
  ]);
  story.show('lb03', 'ipvsadm -ln', await network.lb03.run('ipvsadm', '-ln'));
  story.check(true, "this is the guide's table, on lb03 and on lb04");
  story.show('lb03', 'ip a s eth0', await network.lb03.ip('addr', 'show', 'eth0'));
  const vip = (await network.lb03.addresses()).find(({ local }) => local === VIP);
  story.check(
    vip?.prefixlen === 24 && vip.secondary === true,
    'lb03 holds 10.0.0.13/24, secondary, as in the guide',
  );
  story.check(!(await network.lb04.holds(VIP)), 'lb04 does not');
  const page = await network.client.curl(`http://${VIP}`);
  story.show('client', `curl ${VIP}`, page);
  story.check(/^web0[34]\n$/.test(page), 'the client is answered by web03 or web04');
  if (kind === 'holdfast') {
    const megabytes = await lb03.memory();
    story.check(megabytes < 75, `lb03's three processes take ${megabytes.toFixed(0)} MB together (PSS)`);
  }
  const early = capture.adverts().filter(({ source }) => source === '10.0.0.16');
  story.check(early.length === 0, 'lb04 has kept silent');
}

async function webServerDies(scene: Scene): Promise<void> {
  const { story, network } = scene;
  const since = nowMicros();
  const page = (await network.client.curl(`http://${VIP}`)).trim();
  const web = page === 'web03' ? network.web03 : network.web04;
  const other = page === 'web03' ? 'web04' : 'web03';
  const requester = join(dirname(fileURLToPath(import.meta.url)), 'requester.js');
  scene.requests = network.client.start([process.execPath, requester, `http://${VIP}/`, '250', '1000']);
  story.chapter(`${page}, which answers our client, dies`);
  await web.stop();
  const dead = nowMicros();
  await tableBecomes(network.lb03, guideTableWithout(web.host.address), 25_000);
  story.say(
    `lb03 took it out of the table after ${seconds(nowMicros() - dead)} s (checks each 6 s, 3 retries 3 s apart)`,
  );
  story.show('lb03', 'ipvsadm -ln', await network.lb03.run('ipvsadm', '-ln'));
  await tableBecomes(network.lb04, guideTableWithout(web.host.address), 25_000);
  const answer = (await network.client.curl(`http://${VIP}`)).trim();
  story.check(answer === other, `both tables are without it, and the client is answered by ${answer}`);
  tellRequests(scene, since);

  story.chapter(`${page} comes back`);
  const back = nowMicros();
  await web.start();
  await Promise.all([
    tableBecomes(network.lb03, GUIDE_TABLE, 15_000),
    tableBecomes(network.lb04, GUIDE_TABLE, 15_000),
  ]);
  story.check(true, `both tables are the guide's again after ${seconds(nowMicros() - back)} s`);
}

async function plannedStop(scene: Scene): Promise<void> {
  const { story, network, lb03, lb04, capture } = scene;
  story.chapter('lb03 is stopped, as for maintenance');
  const prober = await Prober.start(network.client, VIP);
  const since = nowMicros();
  const ending = await lb03.stop();
  await lb04.becomes('MASTER', { since });
  const first = await capture.advert(({ source }) => source === '10.0.0.16', { since });
  await pause(500);
  await prober.stop();
  const bye = capture
    .adverts()
    .find(seen => seen.source === '10.0.0.15' && seen.at >= since && seen.priority === 0);
  story.check(bye !== undefined, 'lb03 said goodbye with priority 0');
  if (bye) story.say(`lb04 spoke ${((first.at - bye.at) / 1000).toFixed(1)} ms later; its skew is 609.4 ms`);
  const outage = milliseconds(prober.outage(since).longest);
  const limit = kind === 'holdfast' ? PLANNED_LIMIT : 1500;
  story.check(
    outage < limit,
    `the client was without an answer for ${outage.toFixed(1)} ms; keepalived: 611 (it asked at least every ` +
      `${prober.blindness(since).toFixed(0)} ms)`,
  );
  story.check(ending.code === 0, 'lb03 ended with status 0');
  story.check(!(await network.lb03.holds(VIP)), 'lb03 has let go of the address');
  story.check(await network.lb04.holds(VIP), 'lb04 holds it');
  tellRequests(scene, since);
}

async function lb03Returns(scene: Scene): Promise<void> {
  const { story, network, lb03, lb04, capture } = scene;
  story.chapter('lb03 returns and, with its higher priority, takes over');
  const since = nowMicros();
  lb03.start();
  await lb03.becomes('BACKUP', { since, within: 40_000 });
  const prober = await Prober.start(network.client, VIP);
  const first = await capture.advert(({ source }) => source === '10.0.0.15', { since, within: 40_000 });
  await lb03.becomes('MASTER', { since });
  await lb04.becomes('BACKUP', { since });
  await tableBecomes(network.lb03, GUIDE_TABLE, 15_000);
  await pause(500);
  await prober.stop();
  const outage = milliseconds(prober.outage().longest);
  story.say(
    `lb03 spoke ${seconds(first.at - since)} s after its start; the client's longest wait: ${outage.toFixed(1)} ms`,
  );
  story.check(
    (await network.lb03.holds(VIP)) && !(await network.lb04.holds(VIP)),
    'lb03 holds the address, lb04 does not',
  );
  tellRequests(scene, since);
}

async function lb03Vanishes(scene: Scene): Promise<void> {
  const { story, network, lb03, lb04, capture } = scene;
  story.chapter('lb03 is lost: every process killed, the link dead');
  const prober = await Prober.start(network.client, VIP);
  const since = await lb03.vanish();
  const first = await capture.advert(({ source }) => source === '10.0.0.16', { since });
  await lb04.becomes('MASTER', { since });
  await pause(500);
  await prober.stop();
  const last = capture
    .adverts()
    .filter(({ source, at }) => source === '10.0.0.15' && at < first.at)
    .at(-1);
  const late = last ? (first.at - last.at - MASTER_DOWN) / 1000 : NaN;
  story.check(
    Math.abs(late) < FORMULA_LIMIT,
    `lb04 spoke ${seconds(last ? first.at - last.at : NaN)} s after lb03's last advert: the formula, 3 + 156/256 s, ` +
      `and ${late.toFixed(2)} ms`,
  );
  const outage = milliseconds(prober.outage(since).longest);
  story.check(outage < 4500, `the client was without an answer for ${outage.toFixed(0)} ms`);
  story.check(await network.lb04.holds(VIP), 'lb04 holds the address');
  tellRequests(scene, since);
  await lb03.reappear();
}

async function main(): Promise<number> {
  const story = new Story();
  console.log(
    `The guide's pair of LVS directors: lb03 and lb04, web03 and web04, a client. Linux ${release()}.`,
  );
  story.chapter('The network is built');
  const network = await guideNetwork('');
  const capture = await Capture.start(network.topology.wire, 'br0', 'proto 112');
  const scene: Scene = {
    story,
    network,
    capture,
    lb03: new Director(network.lb03, kind, guideConfig('lb03')),
    lb04: new Director(network.lb04, kind, guideConfig('lb04')),
    requests: null,
  };
  try {
    for (const part of [election, webServerDies, plannedStop, lb03Returns, lb03Vanishes, lb03Returns]) {
      await part(scene);
    }
    const complaints = await capture.complaints();
    story.chapter('The wire');
    const adverts = capture.adverts().length;
    story.check(complaints.length === 0, `tcpdump finds no fault with ${adverts} adverts`);
    for (const complaint of complaints) story.say(complaint);
  } catch (error) {
    story.broken(error);
    for (const { host, lines } of [scene.lb03, scene.lb04]) {
      console.log(
        `\nThe last that ${host.name} said:\n${lines
          .slice(-15)
          .map(({ text }) => text)
          .join('\n')}`,
      );
    }
  }
  return story.end();
}

const status = await main();
process.exit(status); // the lab is taken down on the way out
