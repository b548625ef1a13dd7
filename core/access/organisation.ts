import { type Document, isObject, listOf, readDocument, unreadable } from './documents.ts';
import type { Layer } from './evaluate.ts';

/** What an organisation lays over an account. */
export interface Organisation {
  /** Whether it says which policies bind the account; of others verdicts are before SCPs. */
  readonly knows: (account: string) => boolean;
  readonly layersOf: (account: string) => readonly Layer[];
  /** What was found wrong in policies that were asked for. */
  readonly found: () => readonly string[];
}

/** Services whose resources RCPs protect, of those that are asked about; EC2 is none (orgs_manage_policies_rcps). */
const RCP_SERVICES: ReadonlySet<string> = new Set([
  'autoscaling',
  'sts',
  'ecr',
  's3',
  'kms',
  'secretsmanager',
  'sqs',
]);

export const NO_ORGANISATION: Organisation = {
  knows: () => false,
  layersOf: () => [],
  found: () => [],
};

/**
 * Reads `{ "managementAccount": "…", "accounts": { "111122223333": [{ "level": "root", "policies": [{ "id": "p-…", "document": {…} }],
 * "resourcePolicies": [] }] } }`. A level whose policies are missing is unknown: one at least is always attached. Undefined where the
 * file is something else.
 */
export function readOrganisation(given: unknown): Organisation | undefined {
  if (!isObject(given) || !isObject(given.accounts)) return undefined;
  const { accounts } = given;
  const management = typeof given.managementAccount === 'string' ? given.managementAccount : undefined;
  const found = new Set<string>();
  const documents = new Map<string, Document>();
  const keep = (document: Document): Document => {
    for (const problem of document.problems) found.add(problem);
    return document;
  };
  const policiesOf = (list: unknown, sort: string, level: string): Document[] =>
    listOf(list).map((each) => {
      const { id, document } = isObject(each) ? each : { id: undefined, document: undefined };
      const place = `${sort} ${typeof id === 'string' ? id : 'without an id'} at ${level}`;
      const key = `${place} ${JSON.stringify(document)}`;
      const known = documents.get(key) ?? keep(readDocument(document, place, sort === 'RCP'));
      documents.set(key, known);
      return known;
    });
  const layers = new Map<string, readonly Layer[]>();
  const layersOf = (account: string): readonly Layer[] => {
    const known = layers.get(account);
    if (known !== undefined) return known;
    const made = listOf(accounts[account]).flatMap((given, index): Layer[] => {
      const level = isObject(given) ? given : {};
      const name = typeof level.level === 'string' ? level.level : `level ${index + 1} of ${account}`;
      const scps = policiesOf(level.policies, 'SCP', name);
      const rcps = policiesOf(level.resourcePolicies, 'RCP', name);
      return [
        {
          name: `the SCPs at ${name}`,
          documents: scps.length > 0 ? scps : [keep(unreadable(`the SCPs at ${name}`))],
        },
        ...(rcps.length > 0
          ? [{ name: `the RCPs at ${name}`, documents: rcps, services: RCP_SERVICES }]
          : []),
      ];
    });
    layers.set(account, made);
    return made;
  };
  return {
    knows: (account) => account === management || listOf(accounts[account]).length > 0,
    // neither SCPs nor RCPs bind the management account
    layersOf: (account) => (account === management ? [] : layersOf(account)),
    found: () => [...found],
  };
}
