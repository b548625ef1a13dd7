import { accountOfRecord } from '../cloudtrail.ts';
import { isObj } from '../read.ts';
import { inside, type Wrapping } from './wrapping.ts';

/** Events of EventBridge: `detail` is the record. */
export const eventBridge: Wrapping = (value) =>
  isObj(value) && isObj(value.detail) ? inside(value, 'detail') : undefined;

/**
 * The same on its way to the deployed detector, where the record must belong to the account that EventBridge says it is from.
 *
 * EventBridge writes `account` itself, also of what crosses accounts, so that no sender can choose it. What is in `detail`
 * could be chosen by somebody who found a way to the bus: under another account's name it would teach that account's history.
 * For the same reason what another cloud has pushed may name no account of AWS, this one neither.
 */
export const deliveredEvent: Wrapping = (value) => {
  if (!isObj(value) || !isObj(value.detail)) return undefined;
  const named = accountOfRecord(value.detail);
  if (String(value.source).startsWith('launchtrail.'))
    return named === undefined
      ? { record: value.detail }
      : { refused: 'is of another cloud and names an account of AWS' };
  if (typeof value.account !== 'string') return inside(value, 'detail');
  if (named === undefined || named === value.account) return { record: value.detail };
  return { refused: 'is of another account than EventBridge says it is from' };
};
