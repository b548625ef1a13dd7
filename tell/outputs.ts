import { clean } from '../core/activity/clean.ts';
import { explain } from '../core/findings/assess.ts';
import type { FindingRecord } from '../core/findings/finding.ts';
import type { Policy } from '../core/policy/policy.ts';
import type { AccountNaming } from './account-naming.ts';
import { toAsff } from './asff.ts';
import { toBusEvent } from './bus-event.ts';
import { chatText } from './chat.ts';
import { alertText } from './message.ts';
import { statusOf, toOcsf } from './ocsf.ts';
import { subjectOf } from './subject.ts';
import type { Message, Telling } from './telling.ts';

/** Where findings leave, and for whom. Security Hub and a bus are told by those who follow `findings`, see `FOLLOWERS`. */
export interface Output {
  /** Machines hear of each change; people of what they would look at, which `app/told.ts` says. */
  readonly hears: 'machines' | 'people';
  readonly write: (telling: Telling, attributes: Message['attributes']) => Message;
}

const asOcsf: Output['write'] = ({ record, ...telling }, attributes) => {
  const { accountName } = telling;
  const ocsf = toOcsf(record, telling);
  return { subject: subjectOf(record, ocsf.message, accountName), body: JSON.stringify(ocsf), attributes };
};

/** All outputs, in the order in which they are served. */
export const OUTPUTS = {
  findings: { hears: 'machines', write: asOcsf },
  alerts: {
    hears: 'people',
    write: ({ record, policy, ...beside }, attributes) => ({
      ...alertText(record, policy, beside),
      attributes,
    }),
  },
  chat: {
    hears: 'people',
    write: (telling, attributes) => ({ subject: '', body: chatText(telling), attributes }),
  },
} as const satisfies Readonly<Record<string, Output>>;

export type OutputId = keyof typeof OUTPUTS;

/**
 * What follows the findings topic by a queue and a function of its own, so that no alert waits where one of them is out of
 * order, and what each makes of a finding.
 */
export const FOLLOWERS = {
  hub: toAsff,
  bus: toBusEvent,
} as const;

export const OUTPUT_IDS = Object.keys(OUTPUTS) as readonly OutputId[];

const unique = (values: readonly string[]): string[] => [...new Set(values)].sort();

/**
 * What subscribers can filter on. `region`, `kind` and `signals` are JSON arrays, which SNS matches by any element;
 * Regions and kinds are those of the members that speak against the subject.
 */
export function attributesOf(
  record: FindingRecord,
  policy: Policy,
  unit?: AccountNaming['unit'],
): Record<string, string> {
  const telling = record.members.filter(({ evidence }) => evidence.length > 0);
  const members = telling.length > 0 ? telling : record.members;
  const list = (values: readonly string[]): string => JSON.stringify(unique(values).slice(0, 40));
  return {
    severity: record.status === 'open' ? record.severity : 'informational',
    status: statusOf(record, policy),
    account: clean(record.account, 64),
    ...(unit && { unit: clean(unit.id, 64) }),
    region: list(members.map(({ activity }) => clean(activity.region, 40))),
    kind: list(members.map(({ activity }) => activity.kind)),
    signals: list(explain(record, policy).parts.map(({ signal }) => signal)),
  };
}
