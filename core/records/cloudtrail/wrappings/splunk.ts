import { isObj, type Obj } from '../read.ts';
import { inside, type Wrapping } from './wrapping.ts';

/** Search results exported from Splunk (`result`, `_raw`) and what its HTTP event collector takes (`event`). */
export const splunk: Wrapping = (value) => {
  if (!isObj(value)) return undefined;
  if (isObj(value.result)) return inside(value, 'result');
  if (typeof value._raw === 'string' && value._raw !== '') return inside(value, '_raw');
  const collected = isObj(value.event) || typeof value.event === 'string';
  return collected && (typeof value.sourcetype === 'string' || isCollected(value))
    ? inside(value, 'event')
    : undefined;
};

/** What the collector takes beside an event, all of it optional. */
const BESIDE: ReadonlySet<string> = new Set([
  'event',
  'time',
  'host',
  'source',
  'sourcetype',
  'index',
  'fields',
]);

const isCollected = (value: Obj): boolean => Object.keys(value).every((name) => BESIDE.has(name));
