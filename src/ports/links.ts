import type { Prefix } from '../lib/address.js';

/** A network interface as the kernel shows it. */
export interface Link {
  readonly name: string;
  readonly index: number;
  /** Six bytes; empty on links without such an address. */
  readonly mac: Uint8Array;
  readonly mtu: number;
  /** Administratively up and with a carrier: IFF_UP and IFF_RUNNING, keepalived's test. */
  readonly up: boolean;
  /** The link does not speak ARP (IFF_NOARP). */
  readonly noArp: boolean;
}

/** An address on an interface. */
export interface HeldAddress extends Prefix {
  readonly interfaceIndex: number;
  /** Shown as "secondary": another address of the same network came first (IFA_F_SECONDARY). */
  readonly secondary: boolean;
}

/** Everything known of links and addresses at one moment. */
export interface LinkView {
  readonly links: readonly Link[];
  readonly addresses: readonly HeldAddress[];
}

/** Why the kernel did not do as it was told: the system's name for it, such as EPERM or ENODEV. */
export interface Refusal {
  readonly code: string;
}

/** The kernel's links and addresses: watched, and changed. */
export interface LinkPort {
  /** The view as of the last message from the kernel. */
  view(): LinkView;
  /**
   * Puts an address on an interface, or keeps the one that is there.
   * @returns nothing when it is there, or the refusal
   */
  add(interfaceIndex: number, prefix: Prefix): Promise<Refusal | undefined>;
  /**
   * Takes an address off. The other addresses of its network stay, even when it was the first of them
   * and the kernel would have taken its secondaries with it.
   * @returns nothing when it is gone, or the refusal
   */
  remove(interfaceIndex: number, prefix: Prefix): Promise<Refusal | undefined>;
  close(): void;
}
