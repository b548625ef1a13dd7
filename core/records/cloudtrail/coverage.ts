import { type Call, type Effect, effect, type Reader } from './call.ts';
import { anyOf, get, items, text, textOf } from './read.ts';

/** In the name of everything that is Launchtrail's own: rules, functions, tables, queues, topics and roles bear that of their stack. */
const OWN = /launchtrail/i;

/** The last part of an ARN or URL: what somebody would call it. */
const shortOf = (name: string): string => name.split(/[/:]/).at(-1) || name;

/** A call on something of Launchtrail's, which the request or the answer names by one of some members; on others' it is nothing. */
const onOwn =
  (noun: string, ...members: readonly string[]): Reader =>
  ({ request, response }: Call): Effect | undefined => {
    const names = [request, response].flatMap((part) => members.flatMap((name) => textOf(part, name) ?? []));
    const own = names.find((name) => OWN.test(name));
    return own === undefined ? undefined : effect([], `${noun} ${shortOf(own)}`);
  };

export const ownRule = onOwn('rule', 'name', 'rule');
export const ownBus = onOwn('event bus', 'name', 'eventBusName');
export const ownFunction = onOwn('function', 'functionName', 'functionArn');
export const ownTable = onOwn('table', 'tableName');
export const ownQueue = onOwn('queue', 'queueUrl');
export const ownTopic = onOwn('topic', 'topicArn', 'subscriptionArn');
export const ownRole = onOwn('role', 'roleName');

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
