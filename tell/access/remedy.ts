import type { Remedy } from '../../core/access/remedy.ts';
import { shellWord } from '../aws-ids.ts';
import { shown } from '../shown.ts';

const NAME = 'launchtrail-unused';
const LONG = 600;

/** What a person may run to take unused ways away, and to give them back; nothing runs it. */
export function remedyText({ principal, ways, document }: Remedy, since: number): string {
  const sort = principal.kind === 'user' ? 'user' : 'role';
  const name = shellWord(principal.arn.split('/').at(-1) ?? '');
  const day = new Date(since).toISOString().slice(0, 10);
  return [
    `${shown(principal.arn, LONG)}: never did since ${day}`,
    ...ways.map(({ capability }) => `  ${capability.title}`),
    ...(principal.stack === undefined
      ? []
      : [
          `  it comes from the stack ${shown(principal.stack, LONG)}: change it there, or the next update undoes this`,
        ]),
    `  do:   aws iam put-${sort}-policy --${sort}-name ${name} --policy-name ${NAME} --policy-document ${shellWord(JSON.stringify(document))}`,
    `  undo: aws iam delete-${sort}-policy --${sort}-name ${name} --policy-name ${NAME}`,
    '',
  ].join('\n');
}
