import type { VirtualServer } from '../ipvs/service.js';
import type { Notify, VrrpScript } from '../scripts/script.js';
import type { SyncGroup, VrrpInstance } from '../vrrp/instance.js';

/** Everything that a configuration asks for, checked and with defaults filled in. */
export interface Model {
  readonly routerId: string | null;
  readonly instances: readonly VrrpInstance[];
  readonly syncGroups: readonly SyncGroup[];
  /** Those that some instance watches. */
  readonly scripts: readonly VrrpScript[];
  /** Whom instances tell of their roles. */
  readonly notify: readonly Notify[];
  readonly services: readonly VirtualServer[];
}

/** @returns the model as it may be shown: a password is only there or not */
export const withoutSecrets = (model: Model): unknown => ({
  ...model,
  instances: model.instances.map(instance => ({
    ...instance,
    authentication: instance.authentication === null ? null : { type: instance.authentication.type },
  })),
});
