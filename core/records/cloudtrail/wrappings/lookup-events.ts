import { isObj } from '../read.ts';
import { inside, type Wrapping } from './wrapping.ts';

/** Output of `aws cloudtrail lookup-events`: the record stands as text beside what was drawn from it. */
export const lookupEvents: Wrapping = (value) =>
  isObj(value) && typeof value.CloudTrailEvent === 'string' ? inside(value, 'CloudTrailEvent') : undefined;
