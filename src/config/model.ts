import type { VirtualServer } from '../ipvs/service.js';
import type { VrrpInstance } from '../vrrp/instance.js';

/** Everything that a configuration asks for, checked and with defaults filled in. */
export interface Model {
  readonly routerId: string | null;
  readonly instances: readonly VrrpInstance[];
  readonly services: readonly VirtualServer[];
}
