import type { Keywords } from '../../lib/keyword.js';
import { named } from '../../lib/keyword-kinds.js';
import { GROUPS } from './group.js';
import { INSTANCE_KEYWORDS } from './instance.js';
import { SCRIPTS } from './script.js';
import { STATIC } from './static.js';
import { TRACKED } from './track.js';

/** The keywords of the file's top level that are about VRRP. */
export const VRRP_TOP = {
  vrrp_instance: named(INSTANCE_KEYWORDS, { means: 'one virtual router on one interface' }),
  ...SCRIPTS,
  ...TRACKED,
  ...GROUPS,
  ...STATIC,
} satisfies Keywords;
