import { isObj } from '../read.ts';
import { inside, type Wrapping } from './wrapping.ts';

/** Records of Firehose on their way through a function that transforms them, before and after it. */
export const firehose: Wrapping = (value) =>
  isObj(value) && typeof value.data === 'string' && typeof value.recordId === 'string'
    ? inside(value, 'data', true)
    : undefined;
