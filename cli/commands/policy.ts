import { toJsonSchema } from '@valibot/to-json-schema';
import { Command } from 'commander';
import { type Policy, PolicySchema } from '../../core/policy/policy.ts';
import { EXIT } from '../exit.ts';
import { loadPolicy } from '../load-policy.ts';

/** `launchtrail policy init`, `check` and `schema`. */
export function policyCommand(): Command {
  const command = new Command('policy').description('work with policy.yaml');
  command
    .command('check')
    .description('say what is wrong with a policy file, with line and column')
    .argument('[file]', 'policy file', 'policy.yaml')
    .action(async (file: string) => {
      const loaded = await loadPolicy(file);
      if (!loaded.ok) {
        for (const problem of loaded.problems) process.stderr.write(`${problem}\n`);
        process.exitCode = EXIT.wrong;
        return;
      }
      for (const line of expired(loaded.policy, new Date())) process.stderr.write(`${file}: ${line}\n`);
      process.stdout.write(`${file}: good\n`);
    });
  command
    .command('init')
    .description(
      'write a first policy from records: which accounts are yours, what else was seen to decide upon',
    )
    .argument('<path...>', 'files, folders or s3://bucket/prefix with records, as for replay')
    .option(
      '--output <file>',
      'file to write, which must not be there, or - for standard output',
      'policy.yaml',
    )
    .action(async (paths: string[], { output }: { output: string }) => {
      process.exitCode = await (await import('../policy/init.ts')).initPolicy(paths, output);
    });
  command
    .command('schema')
    .description('print the JSON Schema of policy.yaml, for editors')
    .action(() => {
      process.stdout.write(`${JSON.stringify(policyJsonSchema(), null, 2)}\n`);
    });
  return command;
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
