import { isObj, type Obj } from '../read.ts';
import { inside, type Wrapping } from './wrapping.ts';

/** Records of Firehose on their way through a function that transforms them, before and after it, or to an HTTP endpoint. */
export const firehose: Wrapping = (value) =>
  isObj(value) && typeof value.data === 'string' && (typeof value.recordId === 'string' || isAlone(value))
    ? inside(value, 'data', true)
    : undefined;

/** What an HTTP endpoint gets has no member besides. */
const isAlone = (value: Obj): boolean => Object.keys(value).length === 1;
