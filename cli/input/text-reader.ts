import { StringDecoder } from 'node:string_decoder';
import type { ContentReader } from './json-reader.ts';
import type { Reading } from './reading.ts';
import type { TimeRange } from './time-range.ts';
import { valueReader } from './value-reader.ts';

/** Longest line kept, characters. */
const MAX_LINE = 16 * 1024 * 1024;

/** Reads lines of text: records behind the time or host of a log line, or another log, whose lines are counted. */
export function textReader(path: string, range: TimeRange): ContentReader {
  const values = valueReader(path, range);
  const decoder = new StringDecoder('utf8');
  let line = 1;
  let rest: string[] = [];
  let length = 0;

  const take = (reading: Reading): void => {
    const text = rest.join('').trim();
    if (length > MAX_LINE)
      values.tell(reading, `line ${line}`, `longer than ${MAX_LINE} characters: not read`);
    else if (text !== '') values.add(text, text.length, `line ${line}`, reading);
    rest = [];
    length = 0;
    line++;
  };

  const keep = (text: string): void => {
    length += text.length;
    if (length > MAX_LINE) rest = [];
    else rest.push(text);
  };

  return {
    write(chunk, reading) {
      const [first = '', ...others] = decoder.write(chunk).split('\n');
      keep(first);
      for (const each of others) {
        take(reading);
        keep(each);
      }
    },
    end(failure, reading) {
      if (failure === undefined) take(reading);
      else values.tell(reading, `after line ${line - 1}`, failure);
    },
  };
}
