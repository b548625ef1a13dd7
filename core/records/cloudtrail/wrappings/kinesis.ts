import { isObj } from '../read.ts';
import { inside, type Wrapping } from './wrapping.ts';

/** Records of Kinesis Data Streams: as Lambda gets them, and as `kinesis get-records` prints them. */
export const kinesis: Wrapping = (value) => {
  if (!isObj(value)) return undefined;
  const { kinesis: record } = value;
  if (isObj(record) && typeof record.data === 'string') {
    return { parts: [{ path: ['kinesis', 'data'], value: record.data, encoded: true }] };
  }
  const received = typeof value.Data === 'string' && typeof value.SequenceNumber === 'string';
  return received ? inside(value, 'Data', true) : undefined;
};
