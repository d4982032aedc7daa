import { countProblems, type ShownProblem } from '../config/show.js';
import type { Plan, TablePlan } from '../ipc/messages.js';
import type { InstancePlan } from '../vrrp/reload.js';

/** The errors as an operator reads them, the count of everything, and the verdict; `check` shows warnings. */
export function showProblems(file: string, problems: readonly ShownProblem[], verdict: string): string {
  const errors = problems.filter(p => p.severity === 'error');
  const more = errors.length < problems.length ? ' (holdfast check shows all)' : '';
  return [
    ...errors.map(p => `${p.shown}\n`),
    `${file}: ${countProblems(problems)}${more}; ${verdict}`,
    '',
  ].join('\n');
}

/** A plan as people read it: `+` comes, `~` changes, `-` goes. @returns lines, each ended */
export function showPlan({ instances, table }: Plan): string {
  const lines = [...instances.flatMap(showInstance), ...showTable(table)];
  return lines.length === 0 ? 'nothing changes\n' : `${lines.join('\n')}\n`;
}

const SIGNS = { added: '+', changed: '~', restarted: '~', removed: '-', kept: ' ' } as const;

function showInstance(plan: InstancePlan): readonly string[] {
  if (plan.fate === 'kept') return [];
  const role = plan.role === null ? '' : `, now ${plan.role}`;
  const how = plan.fate === 'changed' ? 'changed in place' : plan.fate;
  return [
    `${SIGNS[plan.fate]} vrrp_instance ${plan.name}${role}: ${how}`,
    ...plan.changes.map(change => `    ~ ${change}`),
    ...plan.addressesAdded.map(address => `    + ${address}`),
    ...plan.addressesRemoved.map(address => `    - ${address}`),
    ...(plan.outage === null ? [] : [`    outage: ${plan.outage}`]),
  ];
}

/** ipvsadm's letters for what is added, edited and deleted; capitals are services. */
const TABLE_SIGNS: Readonly<Record<string, string>> = { A: '+', a: '+', E: '~', e: '~', D: '-', d: '-' };

const showTable = ({ lines, checksStarted, checksEnded, checksKept }: TablePlan): readonly string[] => [
  ...lines.map(line => `${TABLE_SIGNS[line.charAt(1)] ?? '~'} ipvsadm ${line}`),
  ...checksStarted.map(check => `+ ${check}: starts`),
  ...checksEnded.map(check => `- ${check}: ends`),
  ...(checksKept > 0 && checksStarted.length + checksEnded.length > 0
    ? [`  ${checksKept} checks go on`]
    : []),
];
