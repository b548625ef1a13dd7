import { isObj } from '../read.ts';
import { inside, type Wrapping } from './wrapping.ts';

/** Messages of SNS (to Lambda as `Sns`, to SQS and to a URL as they are) and of SQS (to Lambda as `body`, received as `Body`). */
export const snsAndSqs: Wrapping = (value) => {
  if (!isObj(value)) return undefined;
  if (isObj(value.Sns)) return inside(value, 'Sns');
  const name = ['Message', 'body', 'Body'].find((each) => typeof value[each] === 'string');
  return name === undefined ? undefined : inside(value, name);
};
