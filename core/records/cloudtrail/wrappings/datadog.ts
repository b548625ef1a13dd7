import { isObj } from '../read.ts';
import { inside, type Wrapping } from './wrapping.ts';

/** Logs of Datadog, archived (`attributes`) or searched (`attributes.attributes`); the record is there or text in `message`. */
export const datadog: Wrapping = (value) => {
  if (!isObj(value) || !isObj(value.attributes)) return undefined;
  const { attributes, message } = value;
  if (isObj(attributes.attributes) || typeof attributes.eventName === 'string')
    return inside(value, 'attributes');
  if (typeof message === 'string' && message.startsWith('{')) return inside(value, 'message');
  return typeof attributes.message === 'string' ? inside(value, 'attributes') : undefined;
};
