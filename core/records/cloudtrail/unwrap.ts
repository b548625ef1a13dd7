import { isObj, type Obj } from './read.ts';

/** A part of the input that should hold a record but does not. */
export interface UnwrapDamage {
  /** Where in the structure, e.g. `$.Records[3].body.Message`. */
  readonly path: string;
  readonly message: string;
}

type Path = readonly (string | number)[];

/**
 * Envelopes within envelopes followed. The deepest in use is SQS batch → body → SNS message → EventBridge → detail;
 * twice that is either damage or made to exhaust us.
 */
const MAX_DEPTH = 12;

/** Lists that hold records or envelopes: CloudTrail files and SQS/SNS batches, LookupEvents, `sqs receive-message`. */
const LISTS = ['Records', 'Events', 'Messages'] as const;
/** Objects: EventBridge events, SNS events. */
const OBJECTS = ['detail', 'Sns'] as const;
/** Texts that hold JSON: LookupEvents, SNS (also as written into SQS), SQS batch, `sqs receive-message`. */
const TEXTS = ['CloudTrailEvent', 'Message', 'body', 'Body'] as const;

/**
 * CloudTrail records inside whatever they were delivered in: a record, an array, a CloudTrail file, an EventBridge
 * event, SNS and SQS wrappings of these, LookupEvents output, in any combination.
 *
 * An object that is no known envelope counts as a record; the normaliser says what it thinks of it. Damage (text that is
 * no JSON, a number where a record should be, too many layers) is told to `onDamage`; without one it is returned among
 * the records, where the normaliser skips and counts it, so that nothing is lost. Never throws.
 */
export function recordsOf(parsed: unknown, onDamage?: (damage: UnwrapDamage) => void): unknown[] {
  const records: unknown[] = [];
  const damaged = (value: unknown, path: Path, message: string): void => {
    if (onDamage === undefined) records.push(value);
    else onDamage({ path: written(path), message });
  };

  const visit = (value: unknown, path: Path): void => {
    if (path.length > MAX_DEPTH) {
      damaged(value, path, `is wrapped more than ${MAX_DEPTH} layers deep`);
    } else if (typeof value === 'string') {
      visitText(value, path);
    } else if (Array.isArray(value)) {
      value.forEach((member, index) => {
        // Most members are records, which need no path of their own.
        if (isRecord(member)) records.push(member);
        else visit(member, [...path, index]);
      });
    } else if (!isObj(value)) {
      damaged(value, path, `is ${value === null ? 'null' : `a ${typeof value}`}, not a record`);
    } else {
      const name = isRecord(value) ? undefined : contentOf(value);
      if (name === undefined) records.push(value);
      else visit(value[name], [...path, name]);
    }
  };

  const visitText = (value: string, path: Path): void => {
    let inner: unknown;
    try {
      inner = JSON.parse(value);
    } catch (error) {
      damaged(value, path, `is not JSON: ${error instanceof Error ? error.message : String(error)}`);
      return;
    }
    // Text within text is a layer too, or a string quoted without end would never be refused.
    visit(inner, typeof inner === 'string' ? [...path, '(text)'] : path);
  };

  visit(parsed, []);
  return records;
}

/** Name of the member an envelope carries its content in; undefined for what is no envelope. */
const contentOf = (value: Obj): string | undefined =>
  LISTS.find((name) => Array.isArray(value[name])) ??
  OBJECTS.find((name) => isObj(value[name])) ??
  TEXTS.find((name) => typeof value[name] === 'string');

const isRecord = (value: unknown): boolean =>
  isObj(value) && typeof value.eventName === 'string' && typeof value.eventSource === 'string';

const written = (path: Path): string =>
  path.reduce<string>(
    (text, part) => (typeof part === 'number' ? `${text}[${part}]` : `${text}.${part}`),
    '$',
  );
