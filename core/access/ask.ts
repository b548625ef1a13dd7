import type { Known } from './conditions.ts';
import { isObject, listOf, readDocument } from './documents.ts';
import { evaluator, type Layer, type Subject, type Verdict } from './evaluate.ts';
import { tabled } from './questions.ts';

/** An answer in the words of SimulateCustomPolicy, and `conditional` or `unknown` where it has none. */
interface Answer {
  readonly EvalActionName: string;
  readonly EvalResourceName: string;
  readonly EvalDecision: 'allowed' | 'explicitDeny' | 'implicitDeny' | 'conditional' | 'unknown';
  readonly because: readonly string[];
}

export type Answers =
  | { readonly ok: true; readonly answers: readonly Answer[]; readonly problems: readonly string[] }
  | { readonly ok: false; readonly reason: string };

/** An account where the input names none: any does, since nothing of the answer depends on which. */
const SOME_ACCOUNT = '111122223333';

/**
 * Answers the input of SimulateCustomPolicy (API_SimulateCustomPolicy), so that any case can be put to AWS unchanged. Beside its own
 * parameters it takes `OrganizationPolicyInputLists`: SCPs, one list for each level from the root on.
 *
 * Without `ResourceArns` an action is asked of all that it can be about, without `ContextEntries` whatever a request may hold. With
 * them a key that is not listed is absent, as it is for AWS.
 */
export function answer(input: unknown): Answers {
  if (!isObject(input)) return { ok: false, reason: 'it is no JSON object' };
  const actions = texts(input.ActionNames);
  if (actions.length === 0) return { ok: false, reason: 'ActionNames names no action' };
  if (input.PolicyInputList === undefined) return { ok: false, reason: 'PolicyInputList is missing' };
  const problems: string[] = [];
  const layer = (name: string, list: unknown): Layer => ({
    name,
    documents: listOf(list).map((each, index) => {
      const document = readDocument(each, `${name} ${index + 1}`);
      problems.push(...document.problems);
      return document;
    }),
  });
  const boundary = input.PermissionsBoundaryPolicyInputList;
  const resources = texts(input.ResourceArns);
  const caller = texts(input.CallerArn)[0] ?? '';
  const subject: Subject = {
    partition: (caller || resources[0] || 'arn:aws').split(':')[1] ?? 'aws',
    account:
      [caller, ...resources].map((arn) => arn.split(':')[4] ?? '').find((each) => each !== '') ??
      SOME_ACCOUNT,
    layers: [
      layer('policy', input.PolicyInputList),
      ...(boundary === undefined ? [] : [layer('boundary', boundary)]),
      ...listOf(input.OrganizationPolicyInputLists).map((list, index) =>
        layer(`SCPs of level ${index + 1}, policy`, list),
      ),
    ],
    known: { ...ofCaller(caller), ...contextOf(input.ContextEntries) },
    ...(input.ContextEntries !== undefined && { closed: true }),
  };
  const { judge } = evaluator();
  const asked = (action: string): (string | undefined)[] => {
    if (resources.length > 0) return resources;
    return [tabled(action) === undefined ? '*' : undefined];
  };
  const answers = actions.flatMap((action) =>
    asked(action).map((resource): Answer => {
      const verdict = judge(subject, {
        action: tabled(action) ?? action,
        ...(resource !== undefined && { resource }),
      });
      return {
        EvalActionName: action,
        EvalResourceName: resource ?? '*',
        EvalDecision: decisionOf(verdict),
        because: verdict.because,
      };
    }),
  );
  return { ok: true, answers, problems };
}

const decisionOf = ({ answer: given, explicit }: Verdict): Answer['EvalDecision'] => {
  if (given === 'allow') return 'allowed';
  if (given === 'deny') return explicit ? 'explicitDeny' : 'implicitDeny';
  return given;
};

function ofCaller(arn: string): Readonly<Record<string, Known>> {
  const account = arn.split(':')[4] ?? '';
  if (account === '') return {};
  const name = arn.includes(':user/') ? arn.split('/').at(-1) : undefined;
  return {
    'aws:principalarn': [arn],
    'aws:principalaccount': [account],
    'aws:username': name === undefined ? 'absent' : [name],
  };
}

const contextOf = (entries: unknown): Readonly<Record<string, Known>> =>
  Object.fromEntries(
    listOf(entries)
      .filter(isObject)
      .map((entry) => [String(entry.ContextKeyName).toLowerCase(), texts(entry.ContextKeyValues)]),
  );

const texts = (value: unknown): string[] => listOf(value).filter((each) => typeof each === 'string');
