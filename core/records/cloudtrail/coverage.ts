import type { Kind } from '../../activity/kinds.ts';
import { type Call, type Effect, effect, type Reader } from './call.ts';
import { anyOf, get, items, text, textOf } from './read.ts';

/** In the name of everything that is Launchtrail's own: rules, functions, tables, queues, topics and roles bear that of their stack. */
const OWN = /launchtrail/i;

/** The last part of an ARN or URL: what somebody would call it. */
const shortOf = (name: string): string => name.split(/[/:]/).at(-1) || name;

/** What members of a request or an answer name, and how that is called. */
const NAMES = {
  rule: 'rule',
  eventBusName: 'event bus',
  functionName: 'function',
  functionArn: 'function',
  tableName: 'table',
  queueUrl: 'queue',
  topicArn: 'topic',
  subscriptionArn: 'subscription',
  roleName: 'role',
  name: 'rule',
} as const;

/** A call on something of Launchtrail's; on others' it is nothing. */
const own: Reader = ({ request, response }: Call): Effect | undefined => {
  for (const [member, noun] of Object.entries(NAMES)) {
    const name = textOf(request, member) ?? textOf(response, member);
    if (name !== undefined && OWN.test(name)) return effect([], `${noun} ${shortOf(name)}`);
  }
  return undefined;
};

/** Calls on parts of Launchtrail, as rows of the table of what is watched. */
export const onOwn = (...calls: readonly string[]): Readonly<Record<string, readonly [Kind, Reader]>> =>
  Object.fromEntries(calls.map((call) => [call, ['coverage.disable', own]]));

/** A key of Launchtrail's, named by its ARN or its id. */
export const ownKey: Reader = ({ request, ownKeys }) => {
  const id = textOf(request, 'keyId');
  const own = id === undefined ? undefined : ownKeys.find((arn) => arn === id || arn.endsWith(`:key/${id}`));
  return own === undefined ? undefined : effect([], `key ${shortOf(own)}`);
};

/** Any trail, for Launchtrail lives by all of them. */
export const trail: Reader = ({ request }) => {
  const name = textOf(request, 'name', 'trailName');
  return effect([], `trail ${name === undefined ? '' : shortOf(name)}`.trim());
};

/** What a trail logs. Reads of management events are nobody's loss here, and neither is what is left out of data events. */
export const selectors: Reader = (call) => {
  const basic = items(get(call.request, 'eventSelectors'));
  const advanced = items(get(call.request, 'advancedEventSelectors'));
  const logs = basic.some(
    (each) =>
      get(each, 'includeManagementEvents') !== false && text(get(each, 'readWriteType')) !== 'ReadOnly',
  );
  const logsAdvanced = advanced.some((each) =>
    items(anyOf(each, 'fieldSelectors')).some((field) =>
      items(get(field, 'equals')).some((value) => text(value) === 'Management'),
    ),
  );
  return logs || logsAdvanced ? undefined : trail(call);
};
