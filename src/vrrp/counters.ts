import { DROP_REASONS, type DropReason } from './wire/advert.js';

/** What the kernel may refuse a virtual router. */
export type RefusedWork = 'advert' | 'announcement' | 'address';

/** The counters of one instance. They only grow. */
export class Counters {
  advertsSent = 0;
  advertsReceived = 0;
  becameMaster = 0;
  addressesRepaired = 0;
  /** Adverts that were obeyed although their list of addresses is not ours. */
  addressListsThatDiffer = 0;
  readonly dropped: Record<DropReason, number>;
  readonly refused: Record<RefusedWork, number> = { advert: 0, announcement: 0, address: 0 };

  constructor() {
    this.dropped = Object.fromEntries(DROP_REASONS.map(reason => [reason, 0])) as Record<DropReason, number>;
  }
}
