import { readFile } from 'node:fs/promises';
import { isObject } from '../../core/access/documents.ts';
import { NO_ORGANISATION, type Organisation, readOrganisation } from '../../core/access/organisation.ts';
import { reasonOf } from '../input/damage.ts';

export type Read<T> =
  | { readonly ok: true; readonly value: T }
  | { readonly ok: false; readonly reason: string };

const LISTS = ['UserDetailList', 'RoleDetailList', 'GroupDetailList', 'Policies'];
const EXPECTED = 'it should be what get-account-authorization-details wrote';

/** The pages of the listings; the reason names the file that is none. */
export async function readPages(files: readonly string[]): Promise<Read<readonly object[]>> {
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
  return { ok: true, value: pages };
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
  try {
    return { ok: true, value: JSON.parse(await readFile(file, 'utf8')) };
  } catch (error) {
    return { ok: false, reason: reasonOf(error) };
  }
}
