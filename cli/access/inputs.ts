import { constants } from 'node:buffer';
import { readFile, stat } from 'node:fs/promises';
import { type Authorization, readAuthorization } from '../../core/access/authorization.ts';
import { isObject } from '../../core/access/documents.ts';
import { NO_ORGANISATION, type Organisation, readOrganisation } from '../../core/access/organisation.ts';
import { reasonOf } from '../input/damage.ts';

export type Read<T> =
  | { readonly ok: true; readonly value: T }
  | { readonly ok: false; readonly reason: string };

const LISTS = ['UserDetailList', 'RoleDetailList', 'GroupDetailList', 'Policies'];
const EXPECTED = 'it should be what aws iam get-account-authorization-details wrote';

/** What the files of listings say; the reason names the file that is none. */
export async function readListing(
  files: readonly string[],
  organisation: Organisation,
): Promise<Read<Authorization>> {
  const pages: object[] = [];
  for (const file of files) {
    const read = await readJson(file);
    if (!read.ok) return { ok: false, reason: `${file}: ${read.reason}; ${EXPECTED}` };
    const { value } = read;
    if (!isObject(value)) return { ok: false, reason: `${file}: it is no JSON object; ${EXPECTED}` };
    if (!LISTS.some((list) => Object.hasOwn(value, list)))
      return {
        ok: false,
        reason: `${file}: it has none of UserDetailList, RoleDetailList, GroupDetailList and Policies; ${EXPECTED}`,
      };
    pages.push(value);
  }
  return { ok: true, value: readAuthorization(pages, organisation, files) };
}

/** What lies over the accounts; nothing where no file was given. */
export async function readOrganisationFile(file: string | undefined): Promise<Read<Organisation>> {
  if (file === undefined) return { ok: true, value: NO_ORGANISATION };
  const read = await readJson(file);
  const value = read.ok ? readOrganisation(read.value) : undefined;
  if (value !== undefined) return { ok: true, value };
  const reason = read.ok ? 'it has no accounts' : read.reason;
  return { ok: false, reason: `${file}: ${reason}; docs/access.md says what it holds` };
}

async function readJson(file: string): Promise<Read<unknown>> {
  let text: string;
  try {
    // what Node can hold as one text, some 536 MB
    if ((await stat(file)).size > constants.MAX_STRING_LENGTH)
      return { ok: false, reason: 'it is too large to be read at once: give each page as a file of its own' };
    text = decoded(await readFile(file));
  } catch (error) {
    return { ok: false, reason: reasonOf(error) };
  }
  if (text.trim() === '') return { ok: false, reason: 'it is empty' };
  try {
    return { ok: true, value: JSON.parse(text) };
  } catch (error) {
    return { ok: false, reason: problemOf(text, reasonOf(error)) };
  }
}

/** Takes a byte order mark off, and reads UTF-16, which PowerShell's `>` writes. */
function decoded(bytes: Buffer): string {
  const [a, b] = bytes;
  const encoding = a === 0xff && b === 0xfe ? 'utf-16le' : a === 0xfe && b === 0xff ? 'utf-16be' : 'utf-8';
  return new TextDecoder(encoding).decode(bytes);
}

/** What is wrong with a text that is no JSON, in words that say what to do. */
function problemOf(text: string, message: string): string {
  if (/non-whitespace character after JSON/.test(message))
    return 'it holds more than one JSON value: give each page as a file of its own';
  const position = Number(/at position (\d+)/.exec(message)?.[1] ?? 0);
  if (/end of JSON input/.test(message) || position >= text.trimEnd().length)
    return 'it is cut off: it ends in the middle of its JSON';
  return `it is no JSON: ${message}`;
}
