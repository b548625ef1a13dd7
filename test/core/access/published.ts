import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { ACCOUNT } from './subjects.ts';

/** A policy of a page of AWS's guides: the section that it stands in, how many stood there before, and its text. */
interface Printed {
  readonly section: string;
  readonly index: number;
  /** Undefined where it is no JSON, as it is printed. */
  readonly policy: object | undefined;
}

/** Names that the page has in place of a Region and an account. */
const filledIn = (text: string): string =>
  text
    .replaceAll(/arn:aws:(\w+):region:/g, 'arn:aws:$1:eu-west-1:')
    .replaceAll(/arn:aws:(\w+):([^:]*):account:/g, `arn:aws:$1:$2:${ACCOUNT}:`)
    .replaceAll('123456789012', ACCOUNT);

/** The policies of a page in Markdown, in its order. */
export function printedPolicies(file: string): Printed[] {
  const found: Printed[] = [];
  let section = '';
  for (const [, name, text] of readFileSync(file, 'utf8').matchAll(
    /<a name="([^"]+)"><\/a>|^\s*```\w*\n([\s\S]*?)^\s*```/gm,
  )) {
    if (name !== undefined) section = name;
    if (text === undefined) continue;
    const index = found.filter((each) => each.section === section).length;
    found.push({ section, index, policy: parsed(filledIn(text)) });
  }
  return found;
}

function parsed(text: string): object | undefined {
  try {
    return JSON.parse(text) as object;
  } catch {
    return undefined;
  }
}

/** The policies of a folder of samples, by the paths of their files. */
export function samplePolicies(folder: string): ReadonlyMap<string, object> {
  const found = new Map<string, object>();
  for (const name of readdirSync(folder, { recursive: true, encoding: 'utf8' })) {
    if (!name.endsWith('.json') || !statSync(join(folder, name)).isFile()) continue;
    const policy = parsed(readFileSync(join(folder, name), 'utf8'));
    if (policy !== undefined && 'Statement' in policy) found.set(name, policy);
  }
  return found;
}
