import { readFile } from 'node:fs/promises';
import { type Levels, readAuthorization } from '../../core/access/authorization.ts';
import { CAPABILITIES } from '../../core/access/capabilities.ts';
import { isObject, listOf } from '../../core/access/documents.ts';
import { both, evaluator, type Verdict } from '../../core/access/evaluate.ts';
import { EXIT } from '../exit.ts';
import { reasonOf } from '../input/damage.ts';
import { wrong } from '../wrong.ts';

export interface AccessOptions {
  readonly organisation?: string;
  readonly format: 'table' | 'json';
}

interface Row extends Verdict {
  readonly principal: string;
  readonly principalId: string;
  readonly account: string;
  readonly kind: string;
  readonly capability: string;
  readonly beforeScps: boolean;
}

/** Says who can, from files alone; ends with 2 where a policy could not be read in full. */
export async function tellAccess(
  files: readonly string[],
  { organisation, format }: AccessOptions,
): Promise<number> {
  const pages: unknown[] = [];
  for (const file of files) {
    const page = await readJson(file);
    if (!isObject(page.value))
      return wrong(
        `${file}: ${page.reason ?? 'it is no JSON object'}; it should be what get-account-authorization-details wrote`,
      );
    if (
      !['UserDetailList', 'RoleDetailList', 'GroupDetailList', 'Policies'].some((list) =>
        Object.hasOwn(page.value as object, list),
      )
    )
      return wrong(
        `${file}: it has none of UserDetailList, RoleDetailList, GroupDetailList and Policies; it should be what get-account-authorization-details wrote`,
      );
    pages.push(page.value);
  }
  const given = organisation === undefined ? undefined : await readJson(organisation);
  const scps = given === undefined ? new Map<string, Levels>() : scpsOf(given.value);
  if (scps === undefined)
    return wrong(
      `${organisation}: ${given?.reason ?? 'it has no accounts'}; docs/access.md says what it holds`,
    );
  const { principals, problems } = readAuthorization(pages, scps);
  const judge = evaluator();
  const rows = principals.flatMap(({ arn, id, account, kind, subject }) =>
    CAPABILITIES.map(({ id: capability, actions }): Row => {
      const verdict = both(actions.map((action) => judge(subject, { action })));
      const beforeScps = kind !== 'service-linked-role' && !scps.has(account);
      return { principal: arn, principalId: id, account, kind, capability, ...verdict, beforeScps };
    }).filter(({ answer }) => answer !== 'deny'),
  );
  process.stdout.write(
    format === 'json'
      ? `${JSON.stringify({ principals: principals.length, able: rows, problems }, null, 2)}\n`
      : tableOf(rows, principals.length),
  );
  for (const problem of problems) process.stderr.write(`launchtrail: ${problem}\n`);
  return problems.length > 0 ? EXIT.damaged : EXIT.done;
}

const TITLES = new Map(CAPABILITIES.map(({ id, title }) => [id, title]));

/** One block for each capability, the shortest way to an instance first, with the statement that decides. */
function tableOf(rows: readonly Row[], judged: number): string {
  const blocks = [...Map.groupBy(rows, ({ capability }) => capability)]
    .toSorted(([a], [b]) => place(a) - place(b))
    .map(
      ([capability, own]) =>
        `${TITLES.get(capability)}\n${own.map((row) => `  ${row.answer.padEnd(12)}${shown(row.principal)}\n${row.because.map((each) => `              ${shown(each)}\n`).join('')}`).join('')}`,
    );
  const before = rows.some(({ beforeScps }) => beforeScps)
    ? 'Some verdicts are before SCPs: --organisation names those over an account.\n'
    : '';
  return `${blocks.join('\n')}\n${judged} principals judged. Each verdict is an upper bound: policies of sessions and endpoints only take away.\n${before}`;
}

const place = (capability: string): number => CAPABILITIES.findIndex(({ id }) => id === capability);

/** What a policy says goes to a terminal as one line of plain characters. */
const shown = (text: string): string => text.replaceAll(/\p{C}/gu, '�');

async function readJson(file: string): Promise<{ readonly value?: unknown; readonly reason?: string }> {
  try {
    return { value: JSON.parse(await readFile(file, 'utf8')) };
  } catch (error) {
    return { reason: reasonOf(error) };
  }
}

/** `{ "accounts": { "111122223333": [{ "level": "root", "policies": [{ "id": "p-…", "document": {…} }] }] } }`. */
function scpsOf(given: unknown): Map<string, Levels> | undefined {
  if (!isObject(given) || !isObject(given.accounts)) return undefined;
  return new Map(
    Object.entries(given.accounts).map(([account, levels]) => [
      account,
      listOf(levels)
        .filter(isObject)
        .map((level) => ({
          name: String(level.level),
          policies: listOf(level.policies)
            .filter(isObject)
            .map((policy) => ({ id: String(policy.id), document: policy.document })),
        })),
    ]),
  );
}
