import { compareIp } from '../../lib/address.js';
import { never } from '../../lib/never.js';
import { after, millis, type Instant, type Millis } from '../../lib/units.js';
import { leavingTime, masterDownInterval, skewTime, SUCCESSION } from './timers.js';
import type {
  BackupState,
  FaultReason,
  Role,
  RoleReason,
  RouterAction,
  RouterEvent,
  RouterSettings,
  RouterState,
} from './types.js';

/** What a step gives: the next state, and what is to be done, in this order. */
export interface Step {
  readonly state: RouterState;
  readonly actions: readonly RouterAction[];
}

type Advert = Extract<RouterEvent, { type: 'advert' }>;

const OWNER_PRIORITY = 255;

/**
 * The virtual router of RFC 3768 §6.4, with keepalived's behaviour where the two differ: a losing advert is
 * answered at once (RFC 9568 §6.4.3), and a router that is told to stop keeps its addresses until its successor
 * has announced them, so that a planned switch costs nothing.
 *
 * Any event is legal in any role; one that means nothing there changes nothing.
 */
export function step(settings: RouterSettings, state: RouterState, event: RouterEvent, now: Instant): Step {
  switch (event.type) {
    case 'startup':
      return state.role === 'init' ? start(settings, state, now, event.masterUntil) : stay(state);
    case 'shutdown':
      return shutDown(state, now);
    case 'failed':
      return fail(state, event.reason);
    case 'recovered':
      return state.role === 'fault' ? listenAnew(settings, state, now, 'recovered') : stay(state);
    case 'tick':
      return tick(settings, state, now);
    case 'advert':
      return hear(settings, state, event, now);
    case 'changed':
      return change(settings, state, event.before, now);
    case 'succeeded':
      return state.role === 'leaving' ? release(state, 'shutdown') : stay(state);
  }
}

/** When the state wants to be ticked; undefined when it waits for nothing. */
export function deadline(state: RouterState): Instant | undefined {
  switch (state.role) {
    case 'init':
    case 'fault':
      return undefined;
    case 'backup':
      return state.masterDownAt;
    case 'master':
      return state.nextAdvertAt;
    case 'leaving':
      return state.releaseAt;
  }
}

/** RFC 3768 §6.4.1. A process that comes back while its peers still wait for it goes on as master. */
function start(
  settings: RouterSettings,
  state: RouterState,
  now: Instant,
  masterUntil: Instant | undefined,
): Step {
  if (masterUntil !== undefined && now < masterUntil) {
    return promote(settings, state, now, 'resumed');
  }
  return listenAnew(settings, state, now, 'startup');
}

/** Begins as backup with a whole Master_Down_Interval, or as master where the addresses are our own. */
function listenAnew(settings: RouterSettings, state: RouterState, now: Instant, reason: RoleReason): Step {
  if (settings.priority === OWNER_PRIORITY && settings.startAsOwner) {
    return promote(settings, state, now, 'owner');
  }
  return {
    state: {
      role: 'backup',
      masterDownAt: after(now, masterDownInterval(settings)),
      ifSilent: 'no-master',
      master: undefined,
    },
    actions: [{ type: 'releaseAddresses' }, changed(state.role, 'backup', reason)],
  };
}

/** RFC 3768 §6.4.2 and §6.4.3, "If a Shutdown event is received". */
function shutDown(state: RouterState, now: Instant): Step {
  switch (state.role) {
    case 'init':
    case 'leaving':
      return stay(state);
    case 'master':
      return {
        state: { role: 'leaving', releaseAt: after(now, leavingTime()) },
        actions: [{ type: 'sendAdvert', priority: 0 }, changed('master', 'leaving', 'shutdown')],
      };
    case 'backup':
    case 'fault':
      return release(state, 'shutdown');
    default:
      return never(state);
  }
}

/** The interface went, or whatever else the instance cannot do without. The master says so, if it still can. */
function fail(state: RouterState, reason: FaultReason): Step {
  if (state.role === 'fault') {
    return stay({ role: 'fault', reason });
  }
  if (state.role === 'leaving') {
    return release(state, reason);
  }
  return {
    state: { role: 'fault', reason },
    actions: [
      ...(state.role === 'master' ? [{ type: 'sendAdvert', priority: 0 } as const] : []),
      { type: 'releaseAddresses' },
      changed(state.role, 'fault', reason),
    ],
  };
}

/**
 * A reload. The role stays, and so does what has been waited so far: a master says its new priority at once, and a
 * backup's timer moves by as much as its length has changed (keepalived starts it over).
 */
function change(settings: RouterSettings, state: RouterState, before: RouterSettings, now: Instant): Step {
  switch (state.role) {
    case 'master':
      return {
        state: { role: 'master', nextAdvertAt: after(now, settings.advertInterval) },
        actions: [{ type: 'sendAdvert', priority: settings.priority }],
      };
    case 'backup': {
      const length = (of: RouterSettings): Millis =>
        state.ifSilent === 'master-left' ? skewTime(of.priority) : masterDownInterval(of);
      return stay({
        ...state,
        masterDownAt: after(state.masterDownAt, millis(length(settings) - length(before))),
      });
    }
    case 'init':
    case 'fault':
    case 'leaving':
      return stay(state);
    default:
      return never(state);
  }
}

function tick(settings: RouterSettings, state: RouterState, now: Instant): Step {
  const due = deadline(state);
  if (due === undefined || now < due) {
    return stay(state);
  }
  switch (state.role) {
    case 'backup':
      return promote(settings, state, now, state.ifSilent);
    case 'master':
      return {
        state: { role: 'master', nextAdvertAt: after(now, settings.advertInterval) },
        actions: [{ type: 'sendAdvert', priority: settings.priority }],
      };
    case 'leaving':
      return release(state, 'shutdown');
    case 'init':
    case 'fault':
      return stay(state);
  }
}

function hear(settings: RouterSettings, state: RouterState, advert: Advert, now: Instant): Step {
  switch (state.role) {
    case 'init':
    case 'fault':
      return stay(state);
    case 'backup':
      return backupHears(settings, state, advert, now);
    case 'master':
      return masterHears(settings, state, advert, now);
    case 'leaving':
      // The successor has spoken. Its announcements follow, and only they bring the clients to it.
      return advert.priority === 0
        ? stay(state)
        : stay({ role: 'leaving', releaseAt: earlier(state.releaseAt, after(now, SUCCESSION)) });
  }
}

/** RFC 3768 §6.4.2, "If an ADVERTISEMENT is received". */
function backupHears(settings: RouterSettings, state: BackupState, advert: Advert, now: Instant): Step {
  if (advert.priority === 0) {
    // The master is leaving: wait only our skew, not three intervals.
    return stay({
      ...state,
      masterDownAt: after(now, skewTime(settings.priority)),
      ifSilent: 'master-left',
      master: undefined,
    });
  }
  const master = { address: advert.from, priority: advert.priority };
  if (!settings.preempt || advert.priority >= settings.priority) {
    return stay({
      role: 'backup',
      masterDownAt: after(now, masterDownInterval(settings)),
      ifSilent: 'master-silent',
      master,
    });
  }
  // A lesser master: let masterDownAt run out, then take over.
  return stay({ ...state, ifSilent: 'preempting', master });
}

/** RFC 3768 §6.4.3, "If an ADVERTISEMENT is received"; the answer to a loser is RFC 9568's and keepalived's. */
function masterHears(settings: RouterSettings, state: RouterState, advert: Advert, now: Instant): Step {
  if (advert.priority === 0) {
    return { state, actions: [{ type: 'sendAdvert', priority: settings.priority }] };
  }
  const tie = compareIp(advert.from, settings.primaryAddress);
  if (advert.priority === settings.priority && tie === 0) {
    return stay(state); // our own echo
  }
  if (advert.priority > settings.priority || (advert.priority === settings.priority && tie > 0)) {
    const reason = advert.priority > settings.priority ? 'higher-priority' : 'tie-break';
    return {
      state: {
        role: 'backup',
        masterDownAt: after(now, masterDownInterval(settings)),
        ifSilent: 'master-silent',
        master: { address: advert.from, priority: advert.priority },
      },
      actions: [{ type: 'releaseAddresses' }, changed('master', 'backup', reason)],
    };
  }
  // Whoever believed the loser must hear both from us: the rival that we are here, its clients where we are.
  return {
    state,
    actions: [{ type: 'sendAdvert', priority: settings.priority }, { type: 'announceAddresses' }],
  };
}

/** RFC 3768 §6.4.2: the advert goes out before the addresses are ours, and they are ours before they are announced. */
function promote(settings: RouterSettings, from: RouterState, now: Instant, reason: RoleReason): Step {
  return {
    state: { role: 'master', nextAdvertAt: after(now, settings.advertInterval) },
    actions: [
      { type: 'sendAdvert', priority: settings.priority },
      { type: 'holdAddresses' },
      { type: 'announceAddresses' },
      changed(from.role, 'master', reason),
    ],
  };
}

function release(from: RouterState, reason: RoleReason): Step {
  return {
    state: { role: 'init' },
    actions: [{ type: 'releaseAddresses' }, changed(from.role, 'init', reason)],
  };
}

const earlier = (a: Instant, b: Instant): Instant => (a < b ? a : b);

const stay = (state: RouterState): Step => ({ state, actions: [] });

const changed = (from: Role, to: Role, reason: RoleReason): RouterAction => ({
  type: 'roleChanged',
  from,
  to,
  reason,
});
