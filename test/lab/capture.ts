import { EventEmitter } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Daemon } from './daemon.js';
import { run, type Host } from './host.js';
import { advert, arp, PcapReader, type ArpPacket, type Frame, type SeenAdvert } from './pcap.js';

/** tcpdump on an interface, its frames as they come. */
export class Capture {
  readonly frames: Frame[] = [];
  readonly #pieces: Buffer[] = [];
  readonly #reader = new PcapReader();
  readonly #came = new EventEmitter();
  readonly #tcpdump: Daemon;

  private constructor(host: Host, device: string, filter: string) {
    this.#came.setMaxListeners(0);
    const command = ['tcpdump', '-i', device, '-n', '-s', '0', '-U', '--immediate-mode', '-w', '-', filter];
    this.#tcpdump = host.start(command, {
      output: piece => {
        this.#pieces.push(piece);
        this.frames.push(...this.#reader.push(piece));
        this.#came.emit('frames');
      },
    });
  }

  /** Starts a capture; returns when it sees the wire. On the `Wire`, `device` is `br0` or a host's name. */
  static async start(host: Host, device: string, filter = 'proto 112 or arp'): Promise<Capture> {
    const capture = new Capture(host, device, filter);
    await capture.#tcpdump.line(/listening on/);
    return capture;
  }

  /** @returns the adverts so far. */
  adverts(): SeenAdvert[] {
    return this.frames.map(advert).filter(seen => seen !== null);
  }

  /** @returns the ARP packets so far. */
  arps(): ArpPacket[] {
    return this.frames.map(arp).filter(seen => seen !== null);
  }

  /** Waits for an advert that fits and came at or after `since`, in µs since the epoch. */
  advert(
    fits: (seen: SeenAdvert) => boolean,
    { since = 0, within = 10_000 }: { since?: number; within?: number } = {},
  ): Promise<SeenAdvert> {
    return new Promise((found, fail) => {
      let next = 0;
      const look = (): void => {
        for (let frame = this.frames[next]; frame; frame = this.frames[++next]) {
          const seen = frame.at < since ? null : advert(frame);
          if (!seen || !fits(seen)) continue;
          clearTimeout(timer);
          this.#came.off('frames', look);
          found(seen);
          return;
        }
      };
      const timer = setTimeout(() => {
        this.#came.off('frames', look);
        fail(new Error(`no such advert within ${within} ms; tcpdump said:\n${this.#tcpdump.tail()}`));
      }, within);
      this.#came.on('frames', look);
      look();
    });
  }

  /** Ends the capture. */
  async stop(): Promise<void> {
    await this.#tcpdump.stop('SIGINT');
  }

  /** @returns what tcpdump makes of the frames, in full words: it says when a checksum is wrong. */
  decoded(): Promise<string> {
    return run(['tcpdump', '-n', '-vvv', '-e', '-r', '-'], Buffer.concat(this.#pieces));
  }

  /** @returns tcpdump's lines that find fault with a packet. */
  async complaints(): Promise<string[]> {
    return (await this.decoded()).split('\n').filter(line => /bad |invalid|truncated|\[\|/.test(line));
  }

  /**
   * Slow to start, very slow inside UML.
   * @param among a display filter: which packets are looked at
   * @returns the packets that Wireshark's decoder finds at fault, a line each
   */
  async wiresharkComplaints(among = 'frame'): Promise<string[]> {
    const sums = ['vrrp', 'ip', 'icmpv6'].map(protocol => `${protocol}.checksum_bad.expert`);
    const faults = `(${[...sums, '_ws.malformed'].join(' || ')}) && (${among})`;
    // tshark takes no pipe of node's.
    const folder = mkdtempSync(join(tmpdir(), 'capture-'));
    const file = join(folder, 'pcap');
    writeFileSync(file, Buffer.concat(this.#pieces));
    const packets = await run(['tshark', '-o', 'ip.check_checksum:TRUE', '-Y', faults, '-r', file]);
    rmSync(folder, { recursive: true });
    return packets.split('\n').filter(line => line !== '');
  }
}
