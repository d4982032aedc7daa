import type { Schema } from 'convict';
import { commonJs } from '../io/common-js.js';

const convict = commonJs<typeof import('convict')>('convict');

/** The agent's own settings, apart from the services: docs/settings.md. */
export interface Settings {
  /** The services, in keepalived's language. */
  readonly file: string;
  /** Which `@id` lines of the services count; empty for the short host name. */
  readonly configId: string;
  readonly socket: string;
  /** What may be lost at boot. */
  readonly stateDir: string;
  readonly logLevel: 'error' | 'warn' | 'info' | 'debug';
  readonly logFormat: 'text' | 'json';
  readonly announceWith: 'packet' | 'arping';
  readonly realtime: boolean;
  readonly ipvsadm: string;
}

const SCHEMA = {
  file: {
    doc: "The services, in keepalived's language; empty means /etc/holdfast/holdfast.conf, else /etc/keepalived/keepalived.conf",
    format: String,
    default: '',
    env: 'HOLDFAST_FILE',
    arg: 'file',
  },
  configId: {
    doc: 'Which @id lines of the services count; empty means the short host name',
    format: String,
    default: '',
    env: 'HOLDFAST_CONFIG_ID',
    arg: 'config-id',
  },
  socket: {
    doc: 'The UNIX socket of the control interface',
    format: String,
    default: '/run/holdfast/holdfast.sock',
    env: 'HOLDFAST_SOCKET',
    arg: 'socket',
  },
  stateDir: {
    doc: 'Where the agent keeps what may be lost at boot',
    format: String,
    default: '/run/holdfast',
    env: 'HOLDFAST_STATE_DIR',
    arg: 'state-dir',
  },
  log: {
    level: {
      doc: 'The least important lines that are written',
      format: ['error', 'warn', 'info', 'debug'],
      default: 'info',
      env: 'HOLDFAST_LOG_LEVEL',
      arg: 'log-level',
    },
    format: {
      doc: 'text for people, json for programs',
      format: ['text', 'json'],
      default: 'text',
      env: 'HOLDFAST_LOG_FORMAT',
      arg: 'log-format',
    },
  },
  announce: {
    with: {
      doc: 'Gratuitous ARP in packets of our own, or by the arping program',
      format: ['packet', 'arping'],
      default: 'packet',
      env: 'HOLDFAST_ANNOUNCE_WITH',
    },
  },
  vrrp: {
    realtime: {
      doc: 'Run the vrrp process with real-time priority, where the system allows it',
      format: Boolean,
      default: true,
      env: 'HOLDFAST_VRRP_REALTIME',
    },
  },
  ipvs: {
    ipvsadm: {
      doc: 'The ipvsadm program',
      format: String,
      default: 'ipvsadm',
      env: 'HOLDFAST_IPVS_IPVSADM',
    },
  },
} satisfies Schema<object>;

/** Where settings come from. The later ones win: file, environment, flags. */
export interface SettingsSources {
  /** What the settings file holds, if there is one. */
  readonly file?: { readonly name: string; readonly value: unknown };
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** By the names of the command line, without their dashes. */
  readonly flags: Readonly<Record<string, string | undefined>>;
}

/**
 * @throws Error with a sentence for each setting that is unknown or has a value it cannot have
 */
export function readSettings(sources: SettingsSources): Settings {
  const flags = Object.entries(sources.flags).filter(([, value]) => value !== undefined);
  const settings = convict<Record<string, unknown>>(SCHEMA, {
    env: sources.environment,
    args: flags.flatMap(([name, value]) => [`--${name}`, String(value)]),
  });
  if (sources.file !== undefined) {
    settings.load(sources.file.value ?? {});
  }
  settings.validate({ allowed: 'strict' });
  const get = (name: string): unknown => settings.get(name);
  return {
    file: String(get('file')),
    configId: String(get('configId')),
    socket: String(get('socket')),
    stateDir: String(get('stateDir')),
    logLevel: get('log.level') as Settings['logLevel'],
    logFormat: get('log.format') as Settings['logFormat'],
    announceWith: get('announce.with') as Settings['announceWith'],
    realtime: get('vrrp.realtime') as boolean,
    ipvsadm: String(get('ipvs.ipvsadm')),
  };
}

/** Where the list of services that are ours in the kernel's table is kept. */
export const ownedList = ({ stateDir }: Pick<Settings, 'stateDir'>): string => `${stateDir}/owned.json`;
