import type { Remedy } from '../../core/access/remedy.ts';
import { shellWord } from '../aws-ids.ts';
import { shown } from '../shown.ts';

const LONG = 600;
/** Managed policies that IAM lets one have attached, unless its quota was raised (reference_iam-quotas). */
const MOST_ATTACHED = 10;

/** What a person may run to take unused ways away, and to give them back; nothing runs it. */
export function remedyText(remedy: Remedy, since: number): string {
  const { principal, ways, kind } = remedy;
  const { act, undo } = kind === 'inline' ? inlineCommands(remedy) : managedCommands(remedy);
  const day = new Date(since).toISOString().slice(0, 10);
  return [
    `${shown(principal.arn, LONG)}: never did since ${day}`,
    ...ways.map(({ capability }) => `  ${capability.title}`),
    ...(principal.stack === undefined
      ? []
      : [
          `  it comes from the stack ${shown(principal.stack, LONG)}: change it there, or the next update undoes this`,
        ]),
    ...(kind === 'inline'
      ? []
      : [
          `  its inline policies have no room for it, so it is a managed policy${principal.own.attached < MOST_ATTACHED ? '' : `; ${principal.own.attached} are attached already, and the quota is ${MOST_ATTACHED} unless it was raised`}`,
        ]),
    `  do:   ${act}`,
    `  undo: ${undo}`,
    '',
  ].join('\n');
}

interface Commands {
  readonly act: string;
  readonly undo: string;
}

/** `--user-name bob`, and whose policy it is. */
function whom({ principal: { kind, arn } }: Remedy): { readonly sort: string; readonly by: string } {
  const sort = kind === 'user' ? 'user' : 'role';
  return { sort, by: `--${sort}-name ${shellWord(arn.split('/').at(-1) ?? '')}` };
}

function inlineCommands(remedy: Remedy): Commands {
  const { sort, by } = whom(remedy);
  const named = `${by} --policy-name ${shellWord(remedy.name)}`;
  return {
    act: `aws iam put-${sort}-policy ${named} --policy-document ${shellWord(JSON.stringify(remedy.document))}`,
    undo: `aws iam delete-${sort}-policy ${named}`,
  };
}

function managedCommands(remedy: Remedy): Commands {
  const { sort, by } = whom(remedy);
  const { account, subject } = remedy.principal;
  const arn = shellWord(`arn:${subject.partition}:iam::${account}:policy/${remedy.name}`);
  return {
    act: `aws iam create-policy --policy-name ${shellWord(remedy.name)} --policy-document ${shellWord(JSON.stringify(remedy.document))} && aws iam attach-${sort}-policy ${by} --policy-arn ${arn}`,
    undo: `aws iam detach-${sort}-policy ${by} --policy-arn ${arn} && aws iam delete-policy --policy-arn ${arn}`,
  };
}
