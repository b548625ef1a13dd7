import type { Known } from './conditions.ts';
import { type Document, isObject, listOf, readDocument, sizeOf, unreadable } from './documents.ts';
import type { Layer, Subject } from './evaluate.ts';
import type { Organisation } from './organisation.ts';
import { readTrust, type Trusted } from './trust.ts';

/** A user or role of `get-account-authorization-details`, or the root user of an account that is in it. */
export interface Principal {
  readonly arn: string;
  /** AIDA… or AROA…: what CloudTrail calls it, and what a new one of an old name does not share. */
  readonly id: string;
  readonly account: string;
  readonly kind: 'user' | 'role' | 'service-linked-role' | 'permission-set' | 'root';
  /** Its account is one whose SCPs are known, or none can bind it. */
  readonly scpsKnown: boolean;
  readonly subject: Subject;
  /** Whom a role lets in. */
  readonly trusted: readonly Trusted[];
  /** It stands in an instance profile. */
  readonly isInProfile: boolean;
  /** When AWS saw the role used last, and that it never did: only where the listing says. */
  readonly lastUsed?: string | 'never';
  /** Groups of a user, with the ARNs of the managed policies attached to them. */
  readonly groups: readonly Group[];
  /** The CloudFormation stack that it came from, by its name. */
  readonly stack?: string;
  readonly own: OwnPolicies;
}

interface Group {
  readonly name: string;
  readonly attached: readonly string[];
}
const NO_GROUPS: readonly Group[] = [];

/** What the policies of a principal leave room for. */
interface OwnPolicies {
  /** Characters of its inline policies, without whitespace, as IAM counts them. */
  readonly inline: number;
  /** How many managed policies are attached to it. */
  readonly attached: number;
  /** Names of those that take unused ways away. */
  readonly remedies: readonly string[];
}

/** How the names of policies begin that take unused ways away (`--remedy`). */
export const REMEDY = 'launchtrail-unused';

export interface Authorization {
  readonly principals: readonly Principal[];
  readonly problems: readonly string[];
}

type Entry = Readonly<Record<string, unknown>>;

/**
 * Reads the files of one or several accounts as one listing: pages are put together by ARN. A policy whose document is not in them stays
 * unknown.
 * @param names what the files are called, for problems
 */
export function readAuthorization(
  files: readonly unknown[],
  organisation: Organisation,
  names: readonly string[] = [],
): Authorization {
  const problems = new Set<string>();
  const keep = (document: Document): Document => {
    for (const problem of document.problems) problems.add(problem);
    return document;
  };
  const pages = files.map((page, index) => ({
    name: names[index] ?? `page ${index + 1}`,
    page: isObject(page) ? page : {},
  }));
  const all = (list: string): Entry[] =>
    pages.flatMap(({ name, page }) => {
      const found = listOf(page[list]);
      const named = found.filter(isNamed);
      if (named.length < found.length) {
        const first = found.findIndex((entry) => !isNamed(entry)) + 1;
        const more = found.length - named.length - 1;
        problems.add(
          `${name}, ${list}, entry ${first}${more > 0 ? ` and ${more} more` : ''}: no Arn that names an account; not judged`,
        );
      }
      return named;
    });
  for (const problem of missingPages(pages)) problems.add(problem);
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
    ...listOf(entry.AttachedManagedPolicies).map((each) =>
      documentOf(isObject(each) ? text(each.PolicyArn) : `${text(entry.Arn)}, an attached policy`),
    ),
    ...listOf(entry[inline]).map((each) => {
      const { PolicyName, PolicyDocument } = isObject(each) ? each : ({} as Entry);
      return keep(readDocument(PolicyDocument, `${text(entry.Arn)}, inline ${text(PolicyName)}`));
    }),
  ];
  const attachedOf = new Map(
    [...groups].map(([key, group]) => [key, { name: text(group.GroupName), attached: attachedTo(group) }]),
  );
  const principal = (entry: Entry, kind: 'user' | 'role'): Principal => {
    const arn = text(entry.Arn);
    const account = accountOf(arn);
    const isLinked = arn.includes(':role/aws-service-role/');
    const own = policiesOf(entry, kind === 'user' ? 'UserPolicyList' : 'RolePolicyList');
    for (const name of listOf(entry.GroupList)) {
      const group = groups.get(`${account}/${String(name)}`);
      own.push(
        ...(group === undefined
          ? [keep(unreadable(`group ${String(name)} of ${arn}`))]
          : policiesOf(group, 'GroupPolicyList')),
      );
    }
    const layers: Layer[] = [{ name: 'identity', documents: own }];
    if (entry.PermissionsBoundary !== undefined && entry.PermissionsBoundary !== null) {
      const given = isObject(entry.PermissionsBoundary) ? entry.PermissionsBoundary : {};
      const boundary = text(given.PermissionsBoundaryArn) || `the boundary of ${arn}`;
      layers.push({ name: `boundary ${boundary}`, documents: [documentOf(boundary)] });
    }
    const trust = kind === 'role' ? readTrust(entry.AssumeRolePolicyDocument, arn, account) : undefined;
    for (const problem of trust?.problems ?? []) problems.add(problem);
    const tags = tagsOf(entry);
    const stack = tags?.get('aws:cloudformation:stack-name');
    return {
      arn,
      id: text(entry[kind === 'user' ? 'UserId' : 'RoleId']),
      account,
      kind: isLinked
        ? 'service-linked-role'
        : arn.includes(':role/aws-reserved/sso.amazonaws.com/')
          ? 'permission-set'
          : kind,
      // SCPs do not bind service-linked roles (orgs_manage_policies_scps)
      scpsKnown: isLinked || organisation.knows(account),
      subject: {
        partition: arn.split(':')[1] ?? 'aws',
        account,
        layers: [...layers, ...(isLinked ? [] : organisation.layersOf(account))],
        known: {
          ...(kind === 'user' ? knownOfUser(entry) : { 'aws:username': 'absent' as const }),
          ...knownOf(arn, account, kind === 'user' ? 'User' : 'AssumedRole'),
          // a session may bring tags that hide those of its role
          ...(trust?.tagsSessions ? {} : knownTags(tags)),
        },
      },
      trusted: trust?.trusted ?? [],
      isInProfile: listOf(entry.InstanceProfileList).length > 0,
      groups:
        kind === 'user'
          ? listOf(entry.GroupList).flatMap((name) => attachedOf.get(`${account}/${String(name)}`) ?? [])
          : NO_GROUPS,
      ...lastUsedOf(entry),
      ...(stack !== undefined && { stack }),
      own: ownPolicies(entry, kind === 'user' ? 'UserPolicyList' : 'RolePolicyList'),
    };
  };
  const once = new Map<string, Principal>();
  for (const entry of all('UserDetailList')) once.set(text(entry.Arn), principal(entry, 'user'));
  for (const entry of all('RoleDetailList')) once.set(text(entry.Arn), principal(entry, 'role'));
  const accounts = new Map([...once.values()].map(({ account, subject }) => [account, subject.partition]));
  const roots = [...accounts].map(([account, partition]) => rootOf(account, partition, organisation));
  return {
    principals: [...once.values(), ...roots],
    problems: [...problems, ...organisation.found()],
  };
}

const isNamed = (entry: unknown): entry is Entry => isObject(entry) && accountOf(text(entry.Arn)) !== '';

interface Page {
  readonly name: string;
  readonly page: Entry;
}

/** Lists of a page that name its account. */
const LISTS = ['UserDetailList', 'RoleDetailList', 'GroupDetailList', 'Policies'];

/**
 * Accounts of which a page says that there are more, and the last is not given: IAM's API sets IsTruncated, the AWS CLI writes NextToken
 * where it was told to stop. That one between is missing cannot be seen.
 */
function missingPages(pages: readonly Page[]): readonly string[] {
  const accountsOf = ({ page }: Page): string =>
    LISTS.flatMap((list) => listOf(page[list]))
      .map((entry) => (isObject(entry) ? accountOf(text(entry.Arn)) : ''))
      .find((account) => /^\d+$/.test(account)) ?? 'unknown';
  const hasMore = ({ page }: Page): boolean => page.IsTruncated === true || text(page.NextToken) !== '';
  return [...Map.groupBy(pages, accountsOf)].flatMap(([account, those]) => {
    const [first] = those;
    if (first === undefined || !those.every(hasMore)) return [];
    return [
      `${first.name}: it is one page of several of account ${account}, and the last is not given; who is missing is not judged. Let the AWS CLI follow the pages (without --max-items or --no-paginate), or give all of them`,
    ];
  });
}

/** The root user is in no listing: it may do everything that no SCP denies. */
function rootOf(account: string, partition: string, organisation: Organisation): Principal {
  const arn = `arn:${partition}:iam::${account}:root`;
  const everything = { Version: '2012-10-17', Statement: { Effect: 'Allow', Action: '*', Resource: '*' } };
  return {
    arn,
    id: account,
    account,
    kind: 'root',
    scpsKnown: organisation.knows(account),
    subject: {
      partition,
      account,
      layers: [
        { name: 'identity', documents: [readDocument(everything, 'the root user')] },
        ...organisation.layersOf(account),
      ],
      known: {
        ...NOT_OF_A_ROLE,
        ...knownOf(arn, account, 'Account'),
        'aws:username': 'absent',
        [TAGS]: 'absent',
      },
    },
    trusted: [],
    isInProfile: false,
    groups: NO_GROUPS,
    own: { inline: 0, attached: 0, remedies: [] },
  };
}

const attachedTo = (entry: Entry): string[] =>
  listOf(entry.AttachedManagedPolicies)
    .filter(isObject)
    .map(({ PolicyArn }) => text(PolicyArn));

function ownPolicies(entry: Entry, inlineList: string): OwnPolicies {
  const inline = listOf(entry[inlineList]).filter(isObject);
  const attached = attachedTo(entry);
  const names = [
    ...inline.map(({ PolicyName }) => text(PolicyName)),
    ...attached.map((arn) => arn.split('/').at(-1) ?? ''),
  ];
  return {
    inline: inline.reduce((sum, { PolicyDocument }) => sum + sizeOf(PolicyDocument), 0),
    attached: attached.length,
    remedies: names.filter((name) => name.startsWith(REMEDY)),
  };
}

/** The version that is in force. */
function managedDocument(policy: Entry): unknown {
  const versions = listOf(policy.PolicyVersionList).filter(isObject);
  const named = (version: Entry): boolean =>
    text(version.VersionId) !== '' && version.VersionId === policy.DefaultVersionId;
  return (versions.find((version) => version.IsDefaultVersion === true) ?? versions.find(named))?.Document;
}

const TAGS = 'aws:principaltag/';

const knownOf = (arn: string, account: string, type: string): Readonly<Record<string, Known>> => ({
  'aws:principalaccount': [account],
  'aws:principalarn': [arn],
  'aws:principaltype': [type],
  'aws:principalisawsservice': ['false'],
});

/** Keys of credentials that a service handed out: those of a user or root are none (reference_policies_condition-keys). */
const NOT_OF_A_ROLE: Readonly<Record<string, Known>> = {
  'ec2:sourceinstancearn': 'absent',
  'ec2:roledelivery': 'absent',
  'lambda:sourcefunctionarn': 'absent',
};

const knownOfUser = (entry: Entry): Readonly<Record<string, Known>> => ({
  ...NOT_OF_A_ROLE,
  'aws:username': [text(entry.UserName) || (text(entry.Arn).split('/').at(-1) ?? '')],
  ...(text(entry.UserId) !== '' && { 'aws:userid': [text(entry.UserId)] }),
});

/** Tags by their keys, or undefined where the listing does not say whether there are any. */
function tagsOf(entry: Entry): ReadonlyMap<string, string> | undefined {
  if (entry.Tags === undefined) return undefined;
  return new Map(
    listOf(entry.Tags)
      .filter(isObject)
      .map((tag) => [text(tag.Key), text(tag.Value)]),
  );
}

/** Names of keys know no case; which of two that differ but in case counts is not defined, so neither is known. */
function knownTags(tags: ReadonlyMap<string, string> | undefined): Readonly<Record<string, Known>> {
  if (tags === undefined) return {};
  const known: Record<string, Known> = { [TAGS]: 'absent' };
  for (const [key, value] of tags) {
    const name = `${TAGS}${key.toLowerCase()}`;
    known[name] = known[name] === undefined ? [value] : 'any';
  }
  return known;
}

function lastUsedOf(entry: Entry): { readonly lastUsed?: string | 'never' } {
  if (!isObject(entry.RoleLastUsed)) return {};
  const at = entry.RoleLastUsed.LastUsedDate;
  if (at instanceof Date) return { lastUsed: at.toISOString() };
  return { lastUsed: text(at) || 'never' };
}

const accountOf = (arn: string): string => arn.split(':')[4] ?? '';

const text = (value: unknown): string => (typeof value === 'string' ? value : '');
