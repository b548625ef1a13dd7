import { isObj } from '../read.ts';
import { inside, type Wrapping } from './wrapping.ts';

/**
 * Messages of Google's Pub/Sub, pushed (`message.data`) or pulled (`receivedMessages`), and Eventarc's events: `data` is an entry
 * of a log. An event of Azure's Event Grid is a record itself.
 */
export const pubsub: Wrapping = (value) => {
  if (!isObj(value)) return undefined;
  if (Array.isArray(value.receivedMessages)) return inside(value, 'receivedMessages');
  const { message, data } = value;
  if (
    isObj(message) &&
    typeof message.data === 'string' &&
    (value.subscription ?? value.ackId ?? message.messageId)
  )
    return { parts: [{ path: ['message', 'data'], value: message.data, encoded: true }] };
  if (typeof value.type !== 'string' || !value.type.startsWith('google.cloud.audit.log.')) return undefined;
  return isObj(data) ? inside(value, 'data') : undefined;
};
