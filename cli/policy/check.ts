import { toJsonSchema } from '@valibot/to-json-schema';
import { lintPolicy } from '../../core/policy/lint.ts';
import { type Policy, PolicySchema } from '../../core/policy/policy.ts';
import { EXIT } from '../exit.ts';
import { loadPolicy } from '../load-policy.ts';
import { wrong } from '../wrong.ts';

/** Says what is wrong with a policy file. */
export async function checkPolicy(file: string): Promise<number> {
  const loaded = await loadPolicy(file);
  if (!loaded.ok) {
    for (const problem of loaded.problems) process.stderr.write(`${problem}\n`);
    return EXIT.wrong;
  }
  for (const line of expired(loaded.policy, new Date())) process.stderr.write(`${file}: ${line}\n`);
  process.stdout.write(`${file}: good\n`);
  return EXIT.done;
}

/** Says what is valid in a policy file and unwise; ends with `failOn` where something is, so that a job can ask. */
export async function lintFile(file: string): Promise<number> {
  const loaded = await loadPolicy(file);
  if (!loaded.ok) return wrong(...loaded.problems);
  const warnings = lintPolicy(loaded.policy, new Date().toISOString().slice(0, 10));
  for (const { key, message } of warnings) process.stdout.write(`${file}: ${key}: ${message}\n`);
  if (warnings.length > 0) return EXIT.failOn;
  process.stdout.write(`${file}: nothing to say\n`);
  return EXIT.done;
}

/** The policy's JSON Schema (draft 2020-12) of what a file may hold, before defaults and units are worked out. */
export function policyJsonSchema(): Record<string, unknown> {
  const { $schema, ...rest } = toJsonSchema(PolicySchema, {
    typeMode: 'input',
    target: 'draft-2020-12',
    // checks over several keys and CIDR syntax have no words in JSON Schema; `policy check` knows them
    errorMode: 'ignore',
  });
  return { $schema, title: 'Launchtrail policy', ...rest };
}

/** An expired suppression works no more: no error, but worth a word. */
function expired(policy: Policy, today: Date): string[] {
  const day = today.toISOString().slice(0, 10);
  return policy.suppressions.flatMap(({ expires, reason }, index) =>
    expires < day ? [`suppressions[${index}] expired on ${expires} (${reason})`] : [],
  );
}
