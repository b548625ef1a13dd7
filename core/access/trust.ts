import { isObject, listOf, parseDocument } from './documents.ts';
import { matches } from './globs.ts';

/** Sorts of those whom a role lets in, those first that a reader should see first. */
export const TRUST = {
  anyone: 'everyone in AWS',
  'other-account': 'another account',
  'open-oidc': 'any subject of an identity provider',
  unknown: 'somebody that cannot be read',
  oidc: 'subjects of an identity provider',
  saml: 'people by SAML',
  account: 'whoever in the account may assume roles',
  principal: 'a principal of the account',
  service: 'a service',
  gone: 'a principal that has been deleted',
} as const;

/** One whom a role's trust policy lets in. */
export interface Trusted {
  readonly kind: keyof typeof TRUST;
  /** ARN, account, service or provider. */
  readonly who: string;
  /** Conditions that must hold, as they are written. */
  readonly when?: string;
}

export interface Trust {
  readonly trusted: readonly Trusted[];
  /** Whether a session may bring tags of its own, which then hide those of the role. */
  readonly tagsSessions: boolean;
  readonly problems: readonly string[];
}

/** Whom a trust policy lets in; a policy that cannot be read may let in anyone, and says so. */
export function readTrust(given: unknown, place: string, account: string): Trust {
  const parsed = parseDocument(given);
  if (!isObject(parsed) || parsed.Statement === undefined)
    return {
      trusted: [{ kind: 'unknown', who: 'its trust policy cannot be read' }],
      tagsSessions: true,
      problems: [`${place}: there is no trust policy that can be read`],
    };
  const statements = listOf(parsed.Statement).filter(isObject);
  // each call by itself: a Deny of one leaves the others
  const trusted = CALLS.flatMap((call) => {
    const about = statements.filter((each) => named(each, call));
    const denied = new Set(
      about
        .filter((each) => each.Effect === 'Deny' && each.Condition === undefined)
        .flatMap((each) => whom(each, account).map(({ who }) => who)),
    );
    return about
      .filter((each) => each.Effect === 'Allow')
      .flatMap((each) => whom(each, account))
      .filter(({ kind, who }) => isTheirs(kind, call) && !denied.has(who) && !denied.has('*'));
  });
  const all = new Map(trusted.map((each) => [`${each.kind} ${each.who} ${each.when}`, each]));
  const order = Object.keys(TRUST);
  return {
    trusted: [...all.values()].toSorted((a, b) => order.indexOf(a.kind) - order.indexOf(b.kind)),
    tagsSessions: statements.some((each) => each.Effect === 'Allow' && named(each, 'sts:tagsession')),
    problems: [],
  };
}

const CALLS = ['sts:assumerole', 'sts:assumerolewithsaml', 'sts:assumerolewithwebidentity'];

/** Whether those of a sort come by a call: providers of identities have calls of their own. */
function isTheirs(kind: Trusted['kind'], call: string): boolean {
  if (kind === 'anyone' || kind === 'unknown') return true;
  if (kind === 'saml') return call === 'sts:assumerolewithsaml';
  return (
    call === (kind === 'oidc' || kind === 'open-oidc' ? 'sts:assumerolewithwebidentity' : 'sts:assumerole')
  );
}

const named = ({ Action, NotAction }: Readonly<Record<string, unknown>>, call: string): boolean => {
  const among = (list: unknown): boolean =>
    listOf(list).some((each) => typeof each === 'string' && matches(each.toLowerCase(), call));
  return Action === undefined ? NotAction !== undefined && !among(NotAction) : among(Action);
};

function whom(statement: Readonly<Record<string, unknown>>, account: string): Trusted[] {
  const { Principal, NotPrincipal, Condition } = statement;
  const when = Condition === undefined ? {} : { when: JSON.stringify(Condition) };
  // NotPrincipal with Allow lets in all others (reference_policies_elements_notprincipal)
  if (NotPrincipal !== undefined)
    return [{ kind: 'anyone', who: `all but ${JSON.stringify(NotPrincipal)}`, ...when }];
  if (Principal === '*') return [{ kind: 'anyone', who: '*', ...when }];
  if (!isObject(Principal)) return [{ kind: 'unknown', who: JSON.stringify(Principal ?? null), ...when }];
  return Object.entries(Principal).flatMap(([sort, list]) =>
    listOf(list).map(
      (each): Trusted => ({ ...one(sort, String(each), account, Condition), who: String(each), ...when }),
    ),
  );
}

function one(sort: string, who: string, account: string, condition: unknown): Pick<Trusted, 'kind'> {
  if (sort === 'Service') return { kind: 'service' };
  if (sort === 'Federated') {
    if (/:saml-provider\//.test(who)) return { kind: 'saml' };
    return { kind: limitsSubject(condition) ? 'oidc' : 'open-oidc' };
  }
  if (sort !== 'AWS') return { kind: 'unknown' };
  if (who === '*') return { kind: 'anyone' };
  // what is left of a principal that was deleted is its id
  if (/^A[A-Z]{3}[A-Z0-9]{12,}$/.test(who)) return { kind: 'gone' };
  const its = /^\d{12}$/.test(who) ? who : who.split(':')[4];
  if (its !== account) return { kind: 'other-account' };
  return { kind: /^\d{12}$|:root$/.test(who) ? 'account' : 'principal' };
}

/** Whether a condition says which subjects: one on `…:sub` (or an audience of one's own pool) that is not satisfied by everything. */
function limitsSubject(condition: unknown): boolean {
  if (!isObject(condition)) return false;
  return Object.entries(condition).some(
    ([operator, keys]) =>
      /^(ForAnyValue:)?String(Equals|Like|EqualsIgnoreCase)$/i.test(operator) &&
      isObject(keys) &&
      Object.entries(keys).some(
        ([key, values]) =>
          /(:sub|cognito-identity\.amazonaws\.com:aud)$/i.test(key) &&
          listOf(values).every((value) => /[^*?:/]/.test(String(value).replace(/^(repo|project_path):/, ''))),
      ),
  );
}
