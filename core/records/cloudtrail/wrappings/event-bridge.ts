import { isObj } from '../read.ts';
import { inside, type Wrapping } from './wrapping.ts';

/** Events of EventBridge: `detail` is the record. */
export const eventBridge: Wrapping = (value) =>
  isObj(value) && isObj(value.detail) ? inside(value, 'detail') : undefined;
