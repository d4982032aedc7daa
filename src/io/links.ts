import { readFileSync, writeFileSync } from 'node:fs';
import type * as RouteMessages from 'netlink/dist/rt/structs.js';
import type * as Messages from 'netlink/dist/structs.js';
import { formatIp, parseIp, sameNetwork, type Prefix } from '../lib/address.js';
import { commonJs } from './common-js.js';
import { openRouteSocket } from './native.js';
import { DUMP, messagesOf, RouteRequests, type RouteAnswer } from './rtnetlink.js';
import type { HeldAddress, Link, LinkPort, LinkView, Refusal } from '../ports/links.js';

// The parts of the package that are needed: its index would load every family it knows into a small process.
const { formatAddressMessage, formatLinkMessage, parseMessage } = commonJs<typeof RouteMessages>(
  'netlink/dist/rt/structs.js',
);
const { AttrStream } = commonJs<typeof Messages>('netlink/dist/structs.js');

type Message = RouteMessages.Message;
type AddressMessage = RouteMessages.AddressMessage;
type LinkMessage = RouteMessages.LinkMessage;
type Address = RouteMessages.Address;
type AddressAttrs = RouteMessages.AddressAttrs;
type NetlinkMessage = Messages.NetlinkMessage;

/** Address families of the kernel (include/linux/socket.h). */
const AF_INET = 2;
const AF_INET6 = 10;

/** rtnetlink message types (include/uapi/linux/rtnetlink.h). */
const NEW_LINK = 16;
const DELETE_LINK = 17;
const GET_LINK = 18;
const NEW_ADDRESS = 20;
const DELETE_ADDRESS = 21;
const GET_ADDRESS = 22;

/** RTMGRP_LINK | RTMGRP_IPV4_IFADDR | RTMGRP_IPV6_IFADDR (linux/rtnetlink.h). */
const NEWS = 0x1 | 0x10 | 0x100;
/** Room for some thousand pieces of news while this process is held up. */
const NEWS_BUFFER = 1 << 20;

/** NLM_F_CREATE | NLM_F_EXCL: an address that is there already is told apart from one that was added. */
const CREATE_NEW = 0x600;

/** What the kernel answers when there is nothing to do. */
const ALREADY_THERE = 'EEXIST';
const ALREADY_GONE: ReadonlySet<string> = new Set(['EADDRNOTAVAIL', 'ENODEV']);

/**
 * Watches links and addresses through rtnetlink, and changes addresses.
 * @param changed called after each batch of news, with the view already up to date
 * @returns when everything has been read once
 * @throws the system's error when netlink is not to be had
 */
export async function openLinks(changed: () => void): Promise<LinkPort> {
  const links = new KernelLinks(changed);
  await links.readAll();
  return links;
}

class KernelLinks implements LinkPort {
  readonly #requests = new RouteRequests();
  readonly #news = openRouteSocket(NEWS, NEWS_BUFFER, batch => {
    // An empty batch: the kernel ran out of room for our news (ENOBUFS).
    if (batch.length === 0) void this.readAll();
    else this.#take(messagesOf(batch));
  });
  readonly #changed: () => void;
  readonly #links = new Map<number, Link>();
  readonly #addresses = new Map<string, HeldAddress>();
  #view: LinkView | undefined;
  /** News that came while everything was being read may be older or newer than what was read: read again. */
  #newsWhileReading = false;
  #reading = false;

  constructor(changed: () => void) {
    this.#changed = changed;
  }

  view(): LinkView {
    this.#view ??= { links: [...this.#links.values()], addresses: [...this.#addresses.values()] };
    return this.#view;
  }

  async readAll(): Promise<void> {
    if (this.#reading) {
      this.#newsWhileReading = true;
      return;
    }
    this.#reading = true;
    do {
      this.#newsWhileReading = false;
      const links = await this.#requests.ask(
        GET_LINK,
        DUMP,
        attributes(out => formatLinkMessage({ kind: 'link', data: {}, attrs: {} }, out)),
      );
      const addresses = await this.#requests.ask(GET_ADDRESS, DUMP, addressBody({}, {}));
      this.#links.clear();
      this.#addresses.clear();
      this.#put([...links.messages, ...addresses.messages]);
    } while (this.#newsWhileReading as boolean);
    this.#reading = false;
    this.#view = undefined;
    this.#changed();
  }

  async add(interfaceIndex: number, prefix: Prefix): Promise<Refusal | undefined> {
    const { code } = await this.#change(NEW_ADDRESS, CREATE_NEW, interfaceIndex, prefix);
    return code === undefined || code === ALREADY_THERE ? undefined : { code };
  }

  async remove(interfaceIndex: number, prefix: Prefix): Promise<Refusal | undefined> {
    const wouldFollow = this.#secondariesOf(interfaceIndex, prefix);
    const undo =
      wouldFollow.length > 0 ? promoteSecondaries(this.#links.get(interfaceIndex)?.name) : undefined;
    const { code } = await this.#change(DELETE_ADDRESS, 0, interfaceIndex, prefix);
    if (undo === 'impossible') {
      await Promise.all(wouldFollow.map(other => this.add(interfaceIndex, other)));
    } else {
      undo?.();
    }
    return code === undefined || ALREADY_GONE.has(code) ? undefined : { code };
  }

  close(): void {
    this.#requests.close();
    this.#news.close();
  }

  #change(type: number, flags: number, index: number, prefix: Prefix): Promise<RouteAnswer> {
    return this.#requests.ask(type, flags, addressBody(...request(index, prefix)));
  }

  /** The addresses that the kernel would take off together with the first address of their network. */
  #secondariesOf(interfaceIndex: number, prefix: Prefix): readonly HeldAddress[] {
    const here = [...this.#addresses.values()].filter(a => a.interfaceIndex === interfaceIndex);
    const first = here.find(a => a.address === prefix.address && a.prefixLength === prefix.prefixLength);
    const bytes = parseIp(prefix.address);
    if (first === undefined || first.secondary || bytes === undefined) return [];
    return here.filter(a => {
      const other = parseIp(a.address);
      return (
        a.secondary &&
        a.prefixLength === prefix.prefixLength &&
        other !== undefined &&
        sameNetwork(bytes, other, a.prefixLength)
      );
    });
  }

  #take(messages: readonly NetlinkMessage[]): void {
    if (this.#reading) this.#newsWhileReading = true;
    this.#put(messages);
    this.#view = undefined;
    this.#changed();
  }

  #put(messages: readonly NetlinkMessage[]): void {
    for (const { type, data } of messages) {
      const message = readMessage(type, data);
      if (message === undefined) continue;
      if (message.kind === 'link' && type === NEW_LINK) this.#putLink(message);
      else if (message.kind === 'link' && type === DELETE_LINK) this.#links.delete(message.data.index ?? 0);
      else if (message.kind === 'address' && type === NEW_ADDRESS) this.#putAddress(message);
      else if (message.kind === 'address' && type === DELETE_ADDRESS) {
        const gone = heldAddress(message);
        if (gone !== undefined) this.#addresses.delete(keyOf(gone));
      }
    }
  }

  #putLink({ data, attrs }: LinkMessage): void {
    const { index, flags } = data;
    if (index === undefined || attrs.ifname === undefined) return;
    this.#links.set(index, {
      name: attrs.ifname,
      index,
      mac: Uint8Array.from(attrs.address ?? []),
      mtu: attrs.mtu ?? 0,
      up: flags?.up === true && flags.running === true,
      noArp: flags?.noarp === true,
    });
  }

  #putAddress(message: AddressMessage): void {
    const address = heldAddress(message);
    if (address !== undefined) this.#addresses.set(keyOf(address), address);
  }
}

/** @returns undefined for what the package cannot read: a link it does not know the like of is no link for us. */
function readMessage(type: number, data: Buffer): Message | undefined {
  try {
    // eslint-disable-next-line @typescript-eslint/no-unsafe-enum-assignment -- the kernel's number, as it came
    return parseMessage(type, data);
  } catch {
    return undefined;
  }
}

const keyOf = (a: HeldAddress): string => `${a.interfaceIndex} ${a.address}/${a.prefixLength}`;

function heldAddress({ data, attrs }: AddressMessage): HeldAddress | undefined {
  const bytes = attrs.local ?? attrs.address;
  if (bytes === undefined || data.index === undefined || data.prefixlen === undefined) return undefined;
  return {
    interfaceIndex: data.index,
    address: formatIp(Uint8Array.from(bytes)),
    prefixLength: data.prefixlen,
    secondary: (attrs.flags ?? data.flags)?.secondary === true,
  };
}

/** The address as the kernel wants it: no broadcast and global scope, as keepalived asks for it. */
function request(interfaceIndex: number, prefix: Prefix): [Address, AddressAttrs] {
  const bytes = Buffer.from(parseIp(prefix.address) ?? []);
  const family = bytes.length === 4 ? AF_INET : AF_INET6;
  return [
    { family, prefixlen: prefix.prefixLength, index: interfaceIndex, scope: 0 },
    { local: bytes, address: bytes },
  ];
}

const addressBody = (data: Address, attrs: AddressAttrs): readonly Uint8Array[] =>
  attributes(out => formatAddressMessage({ kind: 'address', data, attrs }, out));

function attributes(write: (out: Messages.AttrStream) => void): readonly Uint8Array[] {
  const out = new AttrStream();
  write(out);
  return out.bufs;
}

/**
 * Has the kernel keep the other addresses of a network when the first of them goes
 * (Documentation/networking/ip-sysctl.rst, promote_secondaries).
 * @returns what sets it back, or that it could not be set
 */
function promoteSecondaries(interfaceName: string | undefined): (() => void) | 'impossible' {
  const file = `/proc/sys/net/ipv4/conf/${interfaceName ?? 'all'}/promote_secondaries`;
  try {
    const before = readFileSync(file, 'utf8');
    writeFileSync(file, '1');
    return () => {
      writeFileSync(file, before);
    };
  } catch {
    return 'impossible';
  }
}
