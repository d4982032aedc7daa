import { join } from 'node:path';
import type { Family } from '../lib/address.js';
import type { Instant } from '../lib/units.js';
import type { ReceivedPacket } from '../ports/packets.js';
import { commonJs } from './common-js.js';
import { packageRoot } from './package-root.js';

/**
 * What can be set by a number. The kernel's names are in ip(7), ipv6(7) and socket(7); `ttl` and `multicastTtl`
 * are hop limits in IPv6, `trafficClass` is the TOS byte, `multicastInterface` an interface index, and
 * `checksumOffset` (raw IPv6 alone) where in the payload the kernel writes and checks the checksum.
 */
export type SocketOption =
  | 'priority'
  | 'receiveBuffer'
  | 'receiveBufferForce'
  | 'sendBuffer'
  | 'sendBufferForce'
  | 'headerIncluded'
  | 'freebind'
  | 'ttl'
  | 'trafficClass'
  | 'multicastTtl'
  | 'multicastLoop'
  | 'multicastAll'
  | 'multicastInterface'
  | 'checksumOffset';

/** What every descriptor of the addon has. One that can call back keeps the loop alive, unless unref'ed. */
export interface NativeHandle {
  ref(): void;
  unref(): void;
  /** Gives the descriptor back at once; nothing calls back any more. Closing again does nothing. */
  close(): void;
}

/** An IP packet, with `truncated` when it was longer than 64 KB, which no IP packet is. */
export interface NativePacket extends ReceivedPacket {
  readonly truncated: boolean;
}

/** A frame as it was on the link, from its Ethernet header on. */
export interface NativeFrame {
  readonly bytes: Uint8Array;
  /** PACKET_HOST and its siblings, packet(7): 0 to us, 1 broadcast, 2 multicast, 3 to another, 4 sent by us. */
  readonly packetType: number;
  readonly interfaceIndex: number;
  /** When the kernel took it from the wire, on the monotonic clock. */
  readonly receivedAt: Instant;
  /** Longer than 64 KB; the rest was cut off. */
  readonly truncated: boolean;
}

/** What came over netlink: one or more messages, each with its header (netlink(7)). */
export interface NativeNetlinkPart {
  readonly bytes: Uint8Array;
  /** Who sent it; 0 is the kernel. */
  readonly port: number;
  /** Longer than 64 KB; the rest was cut off. */
  readonly truncated: boolean;
}

/** A raw IP, packet or netlink socket. Every method throws a system error (EBADF after close) unless it says otherwise. */
export interface NativeSocket<Received> extends NativeHandle {
  set(option: SocketOption, value: number): void;
  bindToDevice(interfaceName: string): void;
  bind(address: Uint8Array, interfaceIndex: number): void;
  join(group: Uint8Array, interfaceIndex: number): void;
  /**
   * Begins to receive, once; until then the socket is deaf, and what came before the options were set is lost.
   * @param onBatch given what came, up to 32 at a time. What it throws in the loop is an uncaught exception.
   * @param filter classic BPF: an array of `struct sock_filter` in the machine's byte order (linux/filter.h)
   */
  start(onBatch: (batch: readonly Received[]) => void, filter?: Uint8Array): void;
  /** Hands `onBatch` what is queued now, before it returns. What `onBatch` throws, this throws. */
  drain(): void;
  /**
   * Sends one packet (raw IP sockets), or messages to the kernel (netlink; the destination is empty).
   * @param interfaceIndex the scope of a link-local IPv6 address, else 0
   * @param dontRoute only to hosts on the link: MSG_DONTROUTE, send(2)
   * @returns nothing when the kernel took it, or the name of the error; it throws for wrong arguments alone
   */
  send(
    packet: Uint8Array,
    destination: Uint8Array,
    interfaceIndex: number,
    dontRoute: boolean,
  ): string | undefined;
  /**
   * Sends whole frames in order (packet sockets alone), 256 to a system call.
   * @returns how many the kernel took, and the name of the error that stopped the rest
   */
  sendAll(frames: readonly Uint8Array[]): { readonly sent: number; readonly error?: string };
}

/** One deadline on CLOCK_MONOTONIC (timerfd_create(2)). It keeps the loop alive while it is set. */
export interface NativeTimer extends NativeHandle {
  /**
   * Rings once, never before `micros`, at once when that is past. An earlier deadline is forgotten, even one that
   * has run out but has not rung.
   * @param micros on the monotonic clock, in microseconds
   * @throws EBADF after close
   */
  set(micros: number): void;
  /** Calls it off, with an expiry that has not rung. */
  off(): void;
}

/** Who is at the other end of a UNIX socket, as it was when it connected. */
export interface PeerCredentials {
  readonly pid: number;
  readonly uid: number;
  readonly gid: number;
  /** The supplementary groups. */
  readonly groups: readonly number[];
}

interface Addon {
  now(): Instant;
  sendUnixDatagram(path: string, bytes: Uint8Array): void;
  peerCredentials(fd: number): PeerCredentials;
  setRoundRobin(priority: number): void;
  setNormal(): void;
  lockProgram(): void;
  readonly Timer: new (ring: () => void) => NativeTimer;
  readonly Socket: {
    new (family: Family, protocol: number, interfaceIndex: 0): NativeSocket<NativePacket>;
    new (family: 'packet', etherType: number, interfaceIndex: number): NativeSocket<NativeFrame>;
    new (family: 'netlink', protocol: number, groups: number): NativeSocket<NativeNetlinkPart>;
  };
}

const addon = commonJs<Addon>(join(packageRoot(), 'native/build/Release/edge.node'));

/** @returns CLOCK_MONOTONIC in milliseconds, with nanoseconds as fractions (clock_gettime(2)). */
export const now = (): Instant => addon.now();

/**
 * @param ring called from the event loop when the deadline is there
 * @throws EMFILE, ENFILE
 */
export const createTimer = (ring: () => void): NativeTimer => new addon.Timer(ring);

/**
 * Sends one datagram to a UNIX socket, without waiting (unix(7)).
 * @param path of the socket; a leading `@` means the abstract namespace
 * @throws ENOENT, ECONNREFUSED, EAGAIN when the receiver's queue is full, EINVAL for an empty path
 */
export const sendUnixDatagram = (path: string, bytes: Uint8Array): void =>
  addon.sendUnixDatagram(path, bytes);

/** @param fd a connected UNIX socket. @throws a system error (ENOTSOCK, EBADF) */
export const peerCredentials = (fd: number): PeerCredentials => addon.peerCredentials(fd);

/**
 * Runs this thread before all ordinary ones: SCHED_RR, sched(7). Threads and children started later are ordinary.
 * @param priority 1..99
 * @throws EPERM without CAP_SYS_NICE, EINVAL for another priority
 */
export const setRoundRobin = (priority: number): void => addon.setRoundRobin(priority);

/** Takes setRoundRobin back: SCHED_OTHER. */
export const setNormalScheduling = (): void => addon.setNormal();

/**
 * Keeps the program's code in memory once it was run (mlock2(2) with MLOCK_ONFAULT), since a machine short of memory
 * drops code first. The heap stays as it is: V8 ends a process whose heap is locked. Keep that from the swap by
 * the control group instead (memory.swap.max).
 * @throws EPERM or ENOMEM without CAP_IPC_LOCK
 */
export const lockProgram = (): void => addon.lockProgram();

export interface RawSocketOptions {
  readonly family: Family;
  /** Of IP, such as 112 for VRRP; 255 only sends. */
  readonly protocol: number;
  /** Sends and hears on this interface alone (SO_BINDTODEVICE). */
  readonly interfaceName?: string;
  /** Set in this order. */
  readonly settings?: Readonly<Partial<Record<SocketOption, number>>>;
  readonly group?: { readonly address: Uint8Array; readonly interfaceIndex: number };
  /** Classic BPF; see NativeSocket.start. */
  readonly filter?: Uint8Array;
}

/**
 * Opens a raw IP socket (raw(7)).
 * @param onBatch left out for a socket that only sends: it stays deaf, and keeps nothing in memory
 * @throws EPERM without CAP_NET_RAW, ENODEV, EADDRNOTAVAIL and what setsockopt(2) gives; nothing stays open then
 */
export function openRawSocket(
  options: RawSocketOptions,
  onBatch?: (batch: readonly NativePacket[]) => void,
): NativeSocket<NativePacket> {
  return opened(new addon.Socket(options.family, options.protocol, 0), socket => {
    if (options.interfaceName !== undefined) socket.bindToDevice(options.interfaceName);
    for (const [option, value] of Object.entries(options.settings ?? {})) {
      socket.set(option as SocketOption, value);
    }
    if (options.group !== undefined) socket.join(options.group.address, options.group.interfaceIndex);
    if (onBatch !== undefined) socket.start(onBatch, options.filter);
  });
}

export interface PacketSocketOptions {
  readonly interfaceIndex: number;
  /** What to hear, such as 0x0806 for ARP or 3 (ETH_P_ALL) for everything. Sending needs none. */
  readonly etherType?: number;
  readonly settings?: Readonly<Partial<Record<SocketOption, number>>>;
  /** Classic BPF; see NativeSocket.start. */
  readonly filter?: Uint8Array;
}

/**
 * Opens a packet socket (packet(7)) on one interface.
 * @param onBatch left out for a socket that only sends: it hears nothing
 * @throws EPERM without CAP_NET_RAW, ENODEV, ENETDOWN, and what setsockopt(2) gives; nothing stays open then
 */
export function openPacketSocket(
  options: PacketSocketOptions,
  onBatch?: (batch: readonly NativeFrame[]) => void,
): NativeSocket<NativeFrame> {
  return opened(new addon.Socket('packet', options.etherType ?? 0, options.interfaceIndex), socket => {
    for (const [option, value] of Object.entries(options.settings ?? {})) {
      socket.set(option as SocketOption, value);
    }
    if (onBatch !== undefined) socket.start(onBatch, options.filter);
  });
}

/** NETLINK_ROUTE of linux/netlink.h. */
const ROUTE = 0;

/**
 * Opens an rtnetlink socket (rtnetlink(7)).
 * @param groups bit mask of the RTMGRP_ groups to hear, 0 for answers alone
 * @param receiveBuffer bytes, beyond the system's limit where that is allowed
 * @param onBatch an empty batch says that the kernel had more to tell than there was room for
 * @throws EMFILE, EPERM, and what bind(2) gives; nothing stays open then
 */
export function openRouteSocket(
  groups: number,
  receiveBuffer: number,
  onBatch: (batch: readonly NativeNetlinkPart[]) => void,
): NativeSocket<NativeNetlinkPart> {
  return opened(new addon.Socket('netlink', ROUTE, groups), socket => {
    socket.set('receiveBufferForce', receiveBuffer);
    socket.start(onBatch);
  });
}

/** Sets a fresh socket up; closes it again when that fails. */
function opened<T extends NativeHandle>(socket: T, setUp: (socket: T) => void): T {
  try {
    setUp(socket);
    return socket;
  } catch (error) {
    socket.close();
    throw error;
  }
}
