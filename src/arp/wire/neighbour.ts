import { internetChecksum, pseudoHeader } from '../../lib/checksum.js';
import type { Announcement } from './arp.js';

/*
 * Neighbour discovery (RFC 4861 §4.3, §4.4) in an Ethernet frame:
 *
 *    14 bytes Ethernet | 40 bytes IPv6 | type, code, checksum | flags, reserved | target, 16 bytes | options
 */
const ETHERTYPE_IPV6 = 0x86dd;
const ICMPV6 = 58;
/** Whoever receives another value knows that the message was routed (RFC 4861 §7.1). */
const HOP_LIMIT = 255;
const SOLICITATION = 135;
const ADVERTISEMENT = 136;

/** Offsets in the frame. */
const IP = 14;
const SOURCE = 22;
const DESTINATION = 38;
const MESSAGE = 54;
/** Offsets in the message. */
const FLAGS = 4;
const TARGET = 8;
const OPTIONS = 24;

const ROUTER = 0x80;
const SOLICITED = 0x40;
const OVERRIDE = 0x20;

/** Types of options, with the hardware address of … (RFC 4861 §4.6.1). */
const SENDERS = 1;
const TARGETS = 2;

const ALL_NODES = Uint8Array.of(0xff, 2, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1);
/** RFC 4291 §2.7.1: the last three bytes are the address's. */
const SOLICITED_NODE = Uint8Array.of(0xff, 2, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 0xff, 0, 0, 0);

/**
 * An unsolicited neighbour advertisement to all nodes, as keepalived sends it (RFC 9568 §6.4.1, RFC 4861 §7.2.6):
 * what gratuitous ARP is to IPv4. It overrides what others remember.
 * @param mac six bytes, where the address is to be found from now on
 * @param address sixteen bytes
 * @param router does this machine forward IPv6? Hosts take a router that says no off their lists
 */
export const unsolicitedAdvertisement = (mac: Uint8Array, address: Uint8Array, router: boolean): Uint8Array =>
  frameOf(mac, address, ALL_NODES, {
    type: ADVERTISEMENT,
    flags: OVERRIDE | (router ? ROUTER : 0),
    target: address,
    option: TARGETS,
  });

/**
 * Asks who has the address. Without an address of our own it is asked as before taking an address (RFC 4862 §5.4.2),
 * which leaves no trace in anybody's cache, and answered to all; else it is answered to us.
 * @param mac our own, six bytes
 * @param target sixteen bytes
 * @param source our own address
 */
export function neighbourProbe(mac: Uint8Array, target: Uint8Array, source?: Uint8Array): Uint8Array {
  const group = Uint8Array.from(SOLICITED_NODE);
  group.set(target.subarray(13), 13);
  return frameOf(mac, source ?? new Uint8Array(16), group, {
    type: SOLICITATION,
    flags: 0,
    target,
    option: source === undefined ? undefined : SENDERS,
  });
}

/**
 * @param frame an Ethernet frame, from its header on
 * @returns what it announces to all, or undefined when it is no unsolicited advertisement that overrides
 */
export function neighbourAnnouncementIn(frame: Uint8Array): Announcement | undefined {
  const flags = advertisedFlags(frame);
  if (flags === undefined || (flags & (SOLICITED | OVERRIDE)) !== OVERRIDE) return undefined;
  return advertised(frame);
}

/**
 * @param frame an Ethernet frame, from its header on
 * @returns who answers for which address, or undefined when it is no neighbour advertisement. What answers a probe
 *   without an address of its own is the same as an announcement
 */
export const neighbourAnswerIn = (frame: Uint8Array): Announcement | undefined =>
  advertisedFlags(frame) === undefined ? undefined : advertised(frame);

/** @returns the flags of a neighbour advertisement that RFC 4861 §7.1.2 finds valid, or undefined */
function advertisedFlags(frame: Uint8Array): number | undefined {
  if (frame.length < MESSAGE + OPTIONS) return undefined;
  const view = new DataView(frame.buffer, frame.byteOffset, frame.byteLength);
  const length = view.getUint16(IP + 4);
  if (view.getUint16(12) !== ETHERTYPE_IPV6 || view.getUint8(IP) >> 4 !== 6) return undefined;
  if (view.getUint8(IP + 6) !== ICMPV6 || view.getUint8(IP + 7) !== HOP_LIMIT) return undefined;
  if (length < OPTIONS || frame.length < MESSAGE + length) return undefined;
  if (view.getUint16(MESSAGE) !== ADVERTISEMENT << 8) return undefined;
  const message = frame.subarray(MESSAGE, MESSAGE + length);
  const destination = frame.subarray(DESTINATION, MESSAGE);
  const pseudo = pseudoHeader(frame.subarray(SOURCE, DESTINATION), destination, ICMPV6, length);
  if (internetChecksum(pseudo, message) !== 0) return undefined;
  const flags = view.getUint8(MESSAGE + FLAGS);
  if (isMulticast(destination) && (flags & SOLICITED) !== 0) return undefined;
  if (isMulticast(message.subarray(TARGET)) || optionsOf(message) === undefined) return undefined;
  return flags;
}

/** @param frame a valid neighbour advertisement; where it does not name the hardware address, its sender's counts */
function advertised(frame: Uint8Array): Announcement {
  const length = ((frame[IP + 4] ?? 0) << 8) | (frame[IP + 5] ?? 0);
  const message = frame.subarray(MESSAGE, MESSAGE + length);
  const mac = optionsOf(message)?.get(TARGETS) ?? frame.subarray(6, 12);
  return { mac: mac.slice(0, 6), address: message.slice(TARGET, OPTIONS) };
}

/** @returns what the options hold, by type; undefined when one has no length, or does not fit */
function optionsOf(message: Uint8Array): ReadonlyMap<number, Uint8Array> | undefined {
  const options = new Map<number, Uint8Array>();
  for (let at = OPTIONS; at < message.length;) {
    const [type = 0, units = 0] = message.subarray(at, at + 2);
    const end = at + units * 8;
    if (units === 0 || end > message.length) return undefined;
    options.set(type, message.subarray(at + 2, end));
    at = end;
  }
  return options;
}

interface Message {
  readonly type: number;
  readonly flags: number;
  readonly target: Uint8Array;
  /** Which kind of option tells our hardware address. */
  readonly option: number | undefined;
}

function frameOf(
  mac: Uint8Array,
  source: Uint8Array,
  group: Uint8Array,
  { type, flags, target, option }: Message,
): Uint8Array {
  const length = OPTIONS + (option === undefined ? 0 : 8);
  const frame = new Uint8Array(MESSAGE + length);
  const view = new DataView(frame.buffer);
  // RFC 2464 §7: a group's hardware address ends as the group does.
  frame.set([0x33, 0x33, ...group.subarray(12)]);
  frame.set(mac, 6);
  view.setUint16(12, ETHERTYPE_IPV6);
  view.setUint8(IP, 0x60);
  view.setUint16(IP + 4, length);
  view.setUint8(IP + 6, ICMPV6);
  view.setUint8(IP + 7, HOP_LIMIT);
  frame.set(source, SOURCE);
  frame.set(group, DESTINATION);
  const message = frame.subarray(MESSAGE);
  message[0] = type;
  message[FLAGS] = flags;
  message.set(target, TARGET);
  if (option !== undefined) message.set([option, 1, ...mac], OPTIONS);
  const pseudo = pseudoHeader(source, group, ICMPV6, length);
  view.setUint16(MESSAGE + 2, internetChecksum(pseudo, message));
  return frame;
}

const isMulticast = (address: Uint8Array): boolean => address[0] === 0xff;
