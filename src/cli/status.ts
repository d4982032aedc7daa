import type { InstanceState, ServerState, ServiceState, StateDocument } from '../ipc/document.js';
import { endpoint } from '../lib/endpoint.js';
import { ask, settingsFor } from './agent.js';
import { EXIT } from './exit.js';

/**
 * `holdfast status`: the state of the running agent, once.
 * @returns the exit status: 0, or 3 when no agent answers
 */
export async function status(flags: { readonly socket?: string; readonly json?: boolean }): Promise<number> {
  const answer = await ask(settingsFor(flags).socket, 'GET', '/v1/state');
  if (answer === undefined) return EXIT.noAgent;
  const state = answer.body as StateDocument;
  process.stdout.write(flags.json === true ? `${JSON.stringify(state, null, 2)}\n` : showState(state));
  return EXIT.ok;
}

/** @returns the state as people read it: who is master, where the addresses are, which servers are in the table. */
export function showState(state: StateDocument): string {
  return [
    `${state.hostname}  holdfast ${state.version}, pid ${state.pid}, up since ${state.startedAt}`,
    ...state.vrrp.instances.flatMap(showInstance),
    ...(state.ipvs.services.length === 0
      ? []
      : [`IPVS table: ${state.ipvs.inSync ? 'in sync' : 'NOT in sync'}`]),
    ...state.ipvs.refused.map(line => `  refused by the kernel: ${line}`),
    ...state.ipvs.services.flatMap(showService),
    '',
  ].join('\n');
}

function showInstance(instance: InstanceState): string[] {
  const master =
    instance.master === null
      ? 'no master known'
      : `master ${instance.master.address}, priority ${instance.master.priority}`;
  const dropped = Object.entries(instance.counters.dropped).filter(
    ([reason, count]) => count > 0 && reason !== 'own-echo',
  );
  return [
    `${instance.name}  ${instance.role} since ${instance.since} (${instance.reason}); priority ${instance.priority}; ${master}`,
    ...instance.addresses.map(a => `  ${a.address} on ${a.interface}: ${a.held ? 'here' : 'not here'}`),
    ...(dropped.length === 0
      ? []
      : [`  adverts dropped: ${dropped.map(([reason, count]) => `${reason} ${count}`).join(', ')}`]),
  ];
}

function showService(service: ServiceState): string[] {
  const { quorum } = service;
  return [
    `${service.name} ${service.scheduler} ${service.forwarding}; weight ${quorum.have} up, ${quorum.need} needed${service.sorryServer?.inUse === true ? '; the sorry server has the connections' : ''}`,
    ...service.servers.map(showServer),
  ];
}

function showServer(server: ServerState): string {
  const weight = server.effectiveWeight === null ? 'not in the table' : `weight ${server.effectiveWeight}`;
  const checks = server.checks.map(
    c => `${c.type} ${c.reason}${c.latencyMs === null ? '' : ` ${c.latencyMs.toFixed(1)} ms`}`,
  );
  return `  ${endpoint(server.address, server.port).padEnd(22)} ${server.verdict.padEnd(8)} ${weight.padEnd(17)} ${checks.join('; ')}`;
}
