import type { Known } from './conditions.ts';
import { type Document, isObject, listOf, readDocument, unreadable } from './documents.ts';
import type { Layer, Subject } from './evaluate.ts';

/** A user or role of `get-account-authorization-details`. */
interface Principal {
  readonly arn: string;
  /** AIDA… or AROA…: what CloudTrail calls it, and what a new one of an old name does not share. */
  readonly id: string;
  readonly account: string;
  readonly kind: 'user' | 'role' | 'service-linked-role';
  readonly subject: Subject;
}

export interface Authorization {
  readonly principals: readonly Principal[];
  readonly problems: readonly string[];
}

/** The SCPs over one account: for each level from the root to the account itself, its policies. */
export type Levels = readonly {
  readonly name: string;
  readonly policies: readonly { readonly id: string; readonly document: unknown }[];
}[];

type Entry = Readonly<Record<string, unknown>>;

/**
 * Reads the files of one or several accounts as one listing: pages are put together by ARN. A policy whose document is not in them stays
 * unknown.
 * @param scps levels by account; an account that is not in it is judged before SCPs
 */
export function readAuthorization(
  files: readonly unknown[],
  scps: ReadonlyMap<string, Levels>,
): Authorization {
  const problems = new Set<string>();
  const keep = (document: Document): Document => {
    for (const problem of document.problems) problems.add(problem);
    return document;
  };
  const pages = files.filter(isObject);
  const all = (list: string): Entry[] => pages.flatMap((page) => listOf(page[list]).filter(isObject));
  if (pages.some((page) => page.IsTruncated === true))
    problems.add('a file is one page of several (IsTruncated): who is missing in it is not judged');
  const managed = new Map(all('Policies').map((policy) => [text(policy.Arn), managedDocument(policy)]));
  const documents = new Map<string, Document>();
  const documentOf = (arn: string): Document => {
    const found = documents.get(arn);
    if (found !== undefined) return found;
    const given = managed.get(arn);
    const document = keep(given === undefined ? unreadable(arn) : readDocument(given, arn));
    documents.set(arn, document);
    return document;
  };
  const groups = new Map(
    all('GroupDetailList').map((group) => [`${accountOf(text(group.Arn))}/${text(group.GroupName)}`, group]),
  );
  const policiesOf = (entry: Entry, inline: string): Document[] => [
    ...listOf(entry.AttachedManagedPolicies)
      .filter(isObject)
      .map((each) => documentOf(text(each.PolicyArn))),
    ...listOf(entry[inline])
      .filter(isObject)
      .map((each) =>
        keep(readDocument(each.PolicyDocument, `${text(entry.Arn)}, inline ${text(each.PolicyName)}`)),
      ),
  ];
  const principal = (entry: Entry, kind: 'user' | 'role'): Principal => {
    const arn = text(entry.Arn);
    const account = accountOf(arn);
    const linked = arn.includes(':role/aws-service-role/');
    const own = policiesOf(entry, kind === 'user' ? 'UserPolicyList' : 'RolePolicyList');
    for (const name of listOf(entry.GroupList)) {
      const group = groups.get(`${account}/${String(name)}`);
      own.push(
        ...(group === undefined
          ? [keep(unreadable(`group ${String(name)} of ${arn}`))]
          : policiesOf(group, 'GroupPolicyList')),
      );
    }
    const boundary = isObject(entry.PermissionsBoundary)
      ? text(entry.PermissionsBoundary.PermissionsBoundaryArn)
      : '';
    const layers: Layer[] = [{ name: 'identity', documents: own }];
    if (boundary !== '') layers.push({ name: `boundary ${boundary}`, documents: [documentOf(boundary)] });
    // SCPs do not bind service-linked roles (orgs_manage_policies_scps)
    for (const level of linked ? [] : (scps.get(account) ?? []))
      layers.push({
        name: `the SCPs at ${level.name}`,
        documents: level.policies.map(({ id, document }) =>
          keep(readDocument(document, `SCP ${id} at ${level.name}`)),
        ),
      });
    const subject: Subject = {
      partition: arn.split(':')[1] ?? 'aws',
      account,
      layers,
      known: knownOf(entry, kind, arn, account),
    };
    return {
      arn,
      id: text(entry[kind === 'user' ? 'UserId' : 'RoleId']),
      account,
      kind: linked ? 'service-linked-role' : kind,
      subject,
    };
  };
  const once = new Map(
    [
      ...all('UserDetailList').map((entry) => principal(entry, 'user')),
      ...all('RoleDetailList').map((entry) => principal(entry, 'role')),
    ].map((each) => [each.arn, each]),
  );
  return { principals: [...once.values()], problems: [...problems] };
}

/** The version that is in force. */
function managedDocument(policy: Entry): unknown {
  const versions = listOf(policy.PolicyVersionList).filter(isObject);
  return versions.find((version) => version.IsDefaultVersion === true)?.Document;
}

/** Tags of a role may be overridden by those of a session, so only a user's are known. */
function knownOf(
  entry: Entry,
  kind: 'user' | 'role',
  arn: string,
  account: string,
): Readonly<Record<string, Known>> {
  const known: Record<string, Known> = {
    'aws:principalaccount': [account],
    'aws:principalarn': [arn],
    'aws:principaltype': [kind === 'user' ? 'User' : 'AssumedRole'],
    'aws:principalisawsservice': ['false'],
  };
  if (kind === 'role') return { ...known, 'aws:username': 'absent' };
  const tags = listOf(entry.Tags).filter(isObject);
  const named = Object.fromEntries(
    tags.map((tag) => [`aws:principaltag/${text(tag.Key).toLowerCase()}`, [text(tag.Value)]]),
  );
  return { ...known, ...named, 'aws:username': [text(entry.UserName)] };
}

const accountOf = (arn: string): string => arn.split(':')[4] ?? '';

const text = (value: unknown): string => (typeof value === 'string' ? value : '');
