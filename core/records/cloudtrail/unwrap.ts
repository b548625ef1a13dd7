import { looksLike } from './looks-like.ts';
import { isObj, type Obj } from './read.ts';
import { asideText } from './wrappings/trail-papers.ts';
import type { Path, Wrapping } from './wrappings/wrapping.ts';

/** A part of the input that should hold a record but does not. */
export interface UnwrapDamage {
  /** Where in the structure, e.g. `$.Records[3].body.Message`. */
  readonly path: string;
  readonly message: string;
}

/** Whom to tell what is no record; what nobody listens to is returned among the records, so that it is counted. */
export interface UnwrapOptions {
  readonly onDamage?: (damage: UnwrapDamage) => void;
  /** Something that belongs to a trail and holds no record (wrappings/trail-papers.ts), with the objects it names. */
  readonly onAside?: (name: string, objects: readonly string[]) => void;
  /** Text out of base64 of text or gzip; throws an Error that says why not. Without it such parts are damage. */
  readonly decode?: (base64: string) => string;
}

/**
 * Layers followed. The deepest in use is SQS batch → body → SNS message → EventBridge → detail, each of one or two steps;
 * twice that is either damage or made to exhaust us.
 */
const MAX_DEPTH = 16;
/** What may stand before a record on its line: the time of an exported log, the head of a syslog line. */
const MAX_PREFIX = 200;

/**
 * CloudTrail records inside whatever they were delivered in, in any combination of the given wrappings.
 *
 * An object that is no known wrapping counts as a record; the normaliser says what it thinks of it, and of text that is
 * known to be another log as well. Damage (text that is no JSON, a number where a record should be, too many layers) is
 * told. Never throws.
 */
export function recordsOf(
  parsed: unknown,
  wrappings: readonly Wrapping[],
  { onDamage, onAside, decode = notHere }: UnwrapOptions = {},
): unknown[] {
  const records: unknown[] = [];
  const damaged = (value: unknown, path: Path, message: string): void => {
    if (onDamage === undefined) records.push(value);
    else onDamage({ path: written(path), message });
  };
  const aside = (value: unknown, name: string, objects: readonly string[] = []): void => {
    if (onAside === undefined) records.push(value);
    else onAside(name, objects);
  };

  const visit = (value: unknown, path: Path): void => {
    if (path.length > MAX_DEPTH) {
      damaged(value, path, `is wrapped more than ${MAX_DEPTH} layers deep`);
    } else if (typeof value === 'string') {
      visitText(value, path);
    } else if (isRecord(value)) {
      records.push(value);
    } else if (isObj(value) || Array.isArray(value)) {
      visitWrapped(value, path);
    } else {
      damaged(value, path, `is ${value === null ? 'null' : `a ${typeof value}`}, not a record`);
    }
  };

  const visitWrapped = (value: Obj | readonly unknown[], path: Path): void => {
    for (const wrapping of isRecord(Array.isArray(value) ? value[0] : undefined) ? [] : wrappings) {
      const content = wrapping(value);
      if (content === undefined) continue;
      if ('record' in content) records.push(content.record);
      else if ('refused' in content) damaged(value, path, content.refused);
      else if ('aside' in content) aside(value, content.aside, content.objects);
      else
        for (const part of content.parts) {
          const place = [...path, ...part.path];
          if (part.encoded && typeof part.value === 'string') visitEncoded(part.value, place);
          else visit(part.value, place);
        }
      return;
    }
    if (!Array.isArray(value)) records.push(value);
    else
      value.forEach((member, index) => {
        // most members are records, which need no path of their own
        if (isRecord(member)) records.push(member);
        else visit(member, [...path, index]);
      });
  };

  const visitEncoded = (value: string, path: Path): void => {
    try {
      const text = /^\s*[[{]/.test(value) ? value : decode(value);
      visitText(text, [...path, '(decoded)']);
    } catch (error) {
      damaged(value, path, `cannot be decoded: ${reasonOf(error)}`);
    }
  };

  const visitText = (value: string, path: Path): void => {
    const named = asideText(value);
    if (named !== undefined) {
      aside(value, named);
      return;
    }
    let found: unknown[];
    try {
      found = documentsOf(value);
    } catch (error) {
      if (looksLike(value) !== undefined) records.push(value);
      else damaged(value, path, `is not JSON: ${reasonOf(error)}`);
      return;
    }
    // text within text is a layer too, or a string quoted without end would never be refused
    for (const inner of found) visit(inner, typeof inner === 'string' ? [...path, '(text)'] : path);
  };

  visit(parsed, []);
  return records;
}

/**
 * The JSON of a text: one document, several without or with white space between them, as Firehose writes, or one behind the
 * time or host of a log line.
 */
function documentsOf(text: string): unknown[] {
  try {
    return [JSON.parse(text)];
  } catch (error) {
    const start = text.search(/[{]/);
    if (start < 0 || start > MAX_PREFIX) throw error;
    const documents = cut(text.slice(start));
    if (documents.length < 2 && start === text.search(/\S/)) throw error;
    return documents.map((each) => JSON.parse(each));
  }
}

/** Cuts objects that stand one after another; what does not end is the last. */
function cut(text: string): string[] {
  const found: string[] = [];
  let depth = 0;
  let start = 0;
  let quoted = false;
  for (let at = 0; at < text.length; at++) {
    const char = text[at];
    if (quoted) {
      if (char === '\\') at++;
      else if (char === '"') quoted = false;
    } else if (char === '"') quoted = true;
    else if (char === '{' || char === '[') depth++;
    else if ((char === '}' || char === ']') && --depth === 0) {
      found.push(text.slice(start, at + 1));
      start = at + 1;
    }
  }
  const rest = text.slice(start).trim();
  return rest === '' ? found : [...found, rest];
}

/** Lambda's own events have a source and a name as well: `aws:kinesis`, `aws:s3`. */
const isRecord = (value: unknown): boolean =>
  isObj(value) &&
  typeof value.eventName === 'string' &&
  typeof value.eventSource === 'string' &&
  !value.eventSource.startsWith('aws:') &&
  !isFlat(value);

/** A row of a search, whose identity and parameters are paths (`userIdentity.arn`). */
const isFlat = (value: Obj): boolean =>
  value.userIdentity === undefined && Object.keys(value).some((name) => /^\w+[.{]/.test(name));

function notHere(): never {
  throw new Error('base64 is not read here');
}

const reasonOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));

const written = (path: Path): string =>
  path.reduce<string>(
    (text, part) => (typeof part === 'number' ? `${text}[${part}]` : `${text}.${part}`),
    '$',
  );
