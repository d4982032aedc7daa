import { parseIp } from '../lib/address.js';
import type { AdvertPort, ReceivedPacket } from '../ports/packets.js';
import { openRawSocket, type NativePacket, type NativeSocket } from './native.js';

export interface AdvertSocketOptions {
  readonly interfaceName: string;
  readonly interfaceIndex: number;
  /** The IPv4 multicast group, as text: 224.0.0.18 unless the operator chose another. */
  readonly group: string;
  /** 112, or 51 where adverts come inside an authentication header. */
  readonly protocol?: 112 | 51;
  readonly onPackets: (batch: readonly ReceivedPacket[]) => void;
}

const VRRP = 112;
/** IPPROTO_RAW: the header that comes with each packet says which protocol it is (raw(7)). */
const SEND_ONLY = 255;
/** Precedence 6, internetwork control: what RFC 791 has for routing protocols, and what keepalived sends. */
const INTERNETWORK_CONTROL = 0xc0;
/** TC_PRIO_INTERACTIVE of linux/pkt_sched.h: the first band of the usual queue. Higher needs a privilege. */
const FIRST_BAND = 6;
/** Every router of a full interface (255) may advertise several times while the loop is held up. */
const RECEIVE_BUFFER = 1 << 20;

/**
 * Opens the sockets for IPv4 adverts on one interface: one that hears the group and unicast, one that only sends.
 * @returns a port whose send() names what the network refused, and throws EBADF when it is closed
 * @throws EPERM without CAP_NET_RAW and CAP_NET_ADMIN, ENODEV when the interface is not there, EINVAL when the
 *   address is no group, TypeError when it is no IPv4 address
 */
export function openAdvertSocket(options: AdvertSocketOptions): AdvertPort {
  const { interfaceName, interfaceIndex, protocol = VRRP, onPackets } = options;
  const group = parseIp(options.group);
  if (group?.length !== 4) throw new TypeError(`no IPv4 address: ${options.group}`);
  const receiver = openRawSocket(
    {
      family: 'ipv4',
      protocol,
      interfaceName,
      // Without multicastAll off, groups that other programs joined on this machine would be heard as well.
      settings: { multicastAll: 0, receiveBufferForce: RECEIVE_BUFFER },
      group: { address: group, interfaceIndex },
    },
    onPackets,
  );
  try {
    const sender = openSender(interfaceName, interfaceIndex);
    return {
      send: (packet, destination) => sender.send(packet, destination, 0, isMulticast(destination)),
      drain: () => receiver.drain(),
      close: () => {
        receiver.close();
        sender.close();
      },
    };
  } catch (error) {
    receiver.close();
    throw error;
  }
}

/**
 * One more socket for sending, as keepalived has it: what a raw socket sends with its own header, it must not also
 * receive. It is never started, so its filter drops every copy before it takes memory.
 */
const openSender = (interfaceName: string, interfaceIndex: number): NativeSocket<NativePacket> =>
  openRawSocket({
    family: 'ipv4',
    protocol: SEND_ONLY,
    interfaceName,
    settings: {
      headerIncluded: 1,
      multicastInterface: interfaceIndex,
      multicastLoop: 0,
      receiveBuffer: 0,
      // The priority comes last: setting the traffic class resets it.
      trafficClass: INTERNETWORK_CONTROL,
      priority: FIRST_BAND,
    },
  });

const isMulticast = (address: Uint8Array): boolean => ((address[0] ?? 0) & 0xf0) === 0xe0;
