/** A frame from the wire, and when the kernel saw it, in µs since the epoch. */
export interface Frame {
  readonly at: number;
  readonly bytes: Buffer;
}

/** The parts of an IPv4 packet that the tests look at. */
export interface Ipv4Packet {
  readonly at: number;
  /** The sender's hardware address, as `02:00:0a:00:00:0f`. */
  readonly fromMac: string;
  readonly tos: number;
  readonly id: number;
  readonly ttl: number;
  readonly protocol: number;
  readonly source: string;
  readonly destination: string;
  /** The whole packet from its first header byte, without the padding of a short frame. */
  readonly bytes: Buffer;
  readonly payload: Buffer;
}

/** A VRRPv2 advert as it was on the wire. */
export interface SeenAdvert extends Ipv4Packet {
  readonly version: number;
  readonly virtualRouterId: number;
  readonly priority: number;
}

/** An ARP packet. */
export interface ArpPacket {
  readonly at: number;
  readonly operation: 'request' | 'reply';
  readonly senderMac: string;
  readonly sender: string;
  readonly target: string;
}

const FILE_HEADER = 24;
const RECORD_HEADER = 16;
const MICROSECONDS = 0xa1b2c3d4;
const ETHERNET = 14;

/** Takes a pcap file, written by tcpdump on a machine like this one, piece by piece and gives its frames. */
export class PcapReader {
  #rest = Buffer.alloc(0);
  #begun = false;

  /** @returns the frames that are whole with this piece. */
  push(piece: Buffer): Frame[] {
    let rest = Buffer.concat([this.#rest, piece]);
    if (!this.#begun) {
      if (rest.length < FILE_HEADER) {
        this.#rest = rest;
        return [];
      }
      if (rest.readUInt32LE(0) !== MICROSECONDS || rest.readUInt32LE(20) !== 1) {
        throw new Error('not a little-endian pcap file of Ethernet frames with microseconds');
      }
      rest = rest.subarray(FILE_HEADER);
      this.#begun = true;
    }
    const frames: Frame[] = [];
    while (rest.length >= RECORD_HEADER) {
      const end = RECORD_HEADER + rest.readUInt32LE(8);
      if (rest.length < end) break;
      const at = rest.readUInt32LE(0) * 1_000_000 + rest.readUInt32LE(4);
      frames.push({ at, bytes: Buffer.from(rest.subarray(RECORD_HEADER, end)) });
      rest = rest.subarray(end);
    }
    this.#rest = rest;
    return frames;
  }
}

const dotted = (bytes: Buffer, at: number): string => bytes.subarray(at, at + 4).join('.');
const mac = (bytes: Buffer, at: number): string =>
  Array.from(bytes.subarray(at, at + 6), byte => byte.toString(16).padStart(2, '0')).join(':');

/** @returns the IPv4 packet in a frame, null when there is none. */
export function ipv4({ at, bytes }: Frame): Ipv4Packet | null {
  if (bytes.length < ETHERNET + 20 || bytes.readUInt16BE(12) !== 0x0800) return null;
  const packet = bytes.subarray(ETHERNET, ETHERNET + bytes.readUInt16BE(ETHERNET + 2));
  return {
    at,
    fromMac: mac(bytes, 6),
    tos: packet.readUInt8(1),
    id: packet.readUInt16BE(4),
    ttl: packet.readUInt8(8),
    protocol: packet.readUInt8(9),
    source: dotted(packet, 12),
    destination: dotted(packet, 16),
    bytes: packet,
    payload: packet.subarray((packet.readUInt8(0) & 15) * 4),
  };
}

/** @returns the advert in a frame, null when there is none. */
export function advert(frame: Frame): SeenAdvert | null {
  const packet = ipv4(frame);
  if (packet?.protocol !== 112 || packet.payload.length < 8) return null;
  return {
    ...packet,
    version: packet.payload.readUInt8(0) >> 4,
    virtualRouterId: packet.payload.readUInt8(1),
    priority: packet.payload.readUInt8(2),
  };
}

/** @returns the ARP packet in a frame, null when there is none. */
export function arp({ at, bytes }: Frame): ArpPacket | null {
  if (bytes.length < ETHERNET + 28 || bytes.readUInt16BE(12) !== 0x0806) return null;
  return {
    at,
    operation: bytes.readUInt16BE(ETHERNET + 6) === 2 ? 'reply' : 'request',
    senderMac: mac(bytes, ETHERNET + 8),
    sender: dotted(bytes, ETHERNET + 14),
    target: dotted(bytes, ETHERNET + 24),
  };
}
