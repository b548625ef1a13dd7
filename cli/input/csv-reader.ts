import { StringDecoder } from 'node:string_decoder';
import type { ContentReader } from './json-reader.ts';
import type { Reading } from './reading.ts';
import type { TimeRange } from './time-range.ts';
import { valueReader } from './value-reader.ts';

/** Longest row kept, characters. */
const MAX_ROW = 16 * 1024 * 1024;

/** Where in a field the reader stands; `closed` is behind a quote that may be the first of two. */
type State = 'start' | 'plain' | 'quoted' | 'closed';

/**
 * Reads rows under a line of names (RFC 4180, with `,`, `;` or tab between fields and line breaks inside quotes); each becomes
 * an object by these names.
 */
export function csvReader(path: string, separator: string, range: TimeRange): ContentReader {
  const values = valueReader(path, range);
  const decoder = new StringDecoder('utf8');
  let names: readonly string[] | undefined;
  let row: string[] = [];
  let field: string[] = [];
  let length = 0;
  let state: State = 'start';
  let line = 1;
  let startLine = 1;

  const endField = (): void => {
    row.push(field.join(''));
    field = [];
    state = 'start';
  };

  const endRow = (reading: Reading): void => {
    endField();
    const place = `line ${startLine}`;
    if (length > MAX_ROW) values.tell(reading, place, `longer than ${MAX_ROW} characters: not read`);
    else if (names === undefined) names = row.map((name) => name.trim());
    else if (row.length > 1 || row[0] !== '') {
      const cells = row.map((cell, column): [string, string] => [
        names?.[column] ?? `column ${column + 1}`,
        cell,
      ]);
      values.add(Object.fromEntries(cells), length, place, reading);
    }
    row = [];
    length = 0;
    startLine = line;
  };

  const keep = (text: string): void => {
    length += text.length;
    if (length <= MAX_ROW) field.push(text);
    else field = [];
  };

  const read = (text: string, reading: Reading): void => {
    for (let at = 0; at < text.length; ) {
      const char = text[at] ?? '';
      if (state === 'quoted') {
        const quote = text.indexOf('"', at);
        const end = quote < 0 ? text.length : quote;
        const inner = text.slice(at, end);
        keep(inner);
        line += inner.split('\n').length - 1;
        if (quote >= 0) state = 'closed';
        at = end + 1;
      } else if (char === '"' && state === 'closed') {
        keep('"');
        state = 'quoted';
        at++;
      } else if (char === '"' && state === 'start') {
        state = 'quoted';
        at++;
      } else if (char === separator) {
        endField();
        at++;
      } else if (char === '\n') {
        line++;
        endRow(reading);
        at++;
      } else {
        const end = plainEnd(text, at + 1, separator);
        keep(text.slice(at, end).replace(/\r$/, ''));
        if (state === 'start' && text[at] !== '\r') state = 'plain';
        at = end;
      }
    }
  };

  return {
    write: (chunk, reading) => read(decoder.write(chunk), reading),
    end(failure, reading) {
      if (failure !== undefined) values.tell(reading, `after line ${startLine - 1}`, failure);
      else if (state === 'quoted')
        values.tell(reading, `line ${startLine}`, 'the input ends inside a quoted field');
      else if (row.length > 0 || field.length > 0) endRow(reading);
    },
  };
}

function plainEnd(text: string, from: number, separator: string): number {
  let at = from;
  while (at < text.length && text[at] !== separator && text[at] !== '\n') at++;
  return at;
}
