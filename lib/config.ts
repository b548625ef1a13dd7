import { RetentionDays } from 'aws-cdk-lib/aws-logs';
import { closest, distance } from 'fastest-levenshtein';
import type { Policy } from '../core/policy/policy.ts';
import {
  bucketFrom,
  ConfigError,
  channelsFrom,
  docsFrom,
  emailFrom,
  flagFrom,
  oneOf,
  organisationFrom,
  policyFrom,
  retentionFrom,
  SLIP,
  tablesFrom,
  wholeFrom,
} from './config-values.ts';
import type { Channels } from './constructs/chat-channels.ts';
import type { KeptTables } from './constructs/stores.ts';
import { PUSHER_NAMES, type Pushers, pushersFrom } from './pushers.ts';

/** What `respond` does with the instances of a finding. */
const RESPONSES = ['off', 'dry-run', 'tag'] as const;
type Response = (typeof RESPONSES)[number];

/** Every choice a deployment can make; all have defaults, so that `cdk deploy` needs none. */
export interface Config {
  /** Gets the plain-language alerts and the alarms of the pipeline itself. */
  readonly alertEmail?: string;
  readonly response: Response;
  /** Found valid, with defaults and units worked out. */
  readonly policy: Policy;
  /** Whether the country database travels with `detect`. */
  readonly countryDatabase: boolean;
  /** How long the functions' logs are kept. */
  readonly retentionDays: RetentionDays;
  /** Address of docs/, where messages and alarms send people; without it they name the file. */
  readonly docs?: string;
  /** Id of the AWS organisation whose accounts send their records here; one account is watched where it is left out. */
  readonly organisation?: string;
  /** Most batches that are judged at a time; a new account has ten executions for all functions together. */
  readonly concurrency: number;
  /** Hours without a record after which an alarm is raised. */
  readonly silenceHours: number;
  /** Whether a new version is given a tenth of the work first, and taken back on an alarm. */
  readonly gradual: boolean;
  /** Tables of an earlier stack, to go on with; new ones are made where it is left out. */
  readonly tables?: KeptTables;
  /** Whether what runs is compared with what is known, twice an hour. */
  readonly reconcile: boolean;
  /** Whether it is told, once a week, who could not launch before and can now. */
  readonly auditAccess: boolean;
  /** Whether it is told when nobody is subscribed to the alerts, and when Regions fall silent. */
  readonly heartbeat: boolean;
  /** Whether findings say what accounts are called; the central account must be a delegated administrator. */
  readonly accountNames: boolean;
  /** Whether there is a topic for channels; it is where one of them is named. */
  readonly chat: boolean;
  readonly channels: Channels;
  /** Whether findings are imported into the Security Hub of this account and Region. */
  readonly securityHub: boolean;
  /** Whether findings are put on a bus of their own. */
  readonly findingsBus: boolean;
  /** Bucket of a trail that the deployment can be seeded from by a state machine; none is deployed where it is left out. */
  readonly seedFrom?: string;
  /** Who may push records of other clouds; nobody unless asked for. */
  readonly pushers: Pushers;
  /** Executions that are set aside for taking pushes, so that whoever knocks at the open address takes none from `detect`. */
  readonly ingestConcurrency: number;
}

const NAMES = [
  'alertEmail',
  'response',
  'policy',
  'countryDatabase',
  'retentionDays',
  'docs',
  'organisation',
  'concurrency',
  'silenceHours',
  'gradual',
  'historyTable',
  'findingsStream',
  'settingsStream',
  'reconcile',
  'auditAccess',
  'heartbeat',
  'seedFrom',
  'accountNames',
  ...PUSHER_NAMES,
  'ingestConcurrency',
  'chat',
  'slackChannel',
  'teamsChannel',
  'securityHub',
  'findingsBus',
] as const;
type Name = (typeof NAMES)[number];

/** Reads the deployment's choices from CDK context (`-c name=value` or cdk.json); throws ConfigError. */
export function configFrom(context: Readonly<Record<string, unknown>>): Config {
  rejectSlips(Object.keys(context));
  const alertEmail = emailFrom(context.alertEmail);
  const organisation = organisationFrom(context.organisation);
  const tables = tablesFrom(context);
  const seedFrom = bucketFrom(context.seedFrom);
  const docs = docsFrom(context.docs);
  const accountNames = flagFrom('accountNames', context);
  const channels = channelsFrom(context);
  if (accountNames && organisation === undefined)
    throw new ConfigError('accountNames', "names come from an organisation: give 'organisation' as well.");
  const pushers = pushersFrom(context);
  if ('problem' in pushers) throw new ConfigError(pushers.name, pushers.problem);
  return {
    pushers,
    ingestConcurrency: wholeFrom('ingestConcurrency', context.ingestConcurrency ?? 5, 0, 100),
    ...(seedFrom !== undefined && { seedFrom }),
    ...(docs !== undefined && { docs }),
    ...(organisation !== undefined && { organisation }),
    ...(tables !== undefined && { tables }),
    concurrency: wholeFrom('concurrency', context.concurrency ?? 5, 2, 1000),
    silenceHours: wholeFrom(
      'silenceHours',
      context.silenceHours ?? (organisation === undefined ? 24 : 1),
      1,
      24,
    ),
    ...(alertEmail !== undefined && { alertEmail }),
    response: oneOf('response', context.response ?? 'off', RESPONSES),
    policy: policyFrom(context.policy),
    countryDatabase: flagFrom('countryDatabase', context),
    reconcile: flagFrom('reconcile', context),
    auditAccess: flagFrom('auditAccess', context),
    heartbeat: flagFrom('heartbeat', context),
    accountNames,
    chat: flagFrom('chat', context) || Object.keys(channels).length > 0,
    channels,
    securityHub: flagFrom('securityHub', context),
    findingsBus: flagFrom('findingsBus', context),
    gradual: flagFrom('gradual', context),
    retentionDays: retentionFrom(context.retentionDays ?? RetentionDays.THREE_MONTHS),
  };
}

/** CDK keeps its own flags in the same map, so only a near miss of one of our names can be called a mistake. */
function rejectSlips(keys: readonly string[]): void {
  for (const key of keys) {
    if (isName(key) || !/^[\w-]+$/.test(key)) continue;
    const near = closest(
      key.toLowerCase(),
      NAMES.map((name) => name.toLowerCase()),
    );
    const name = NAMES.find((candidate) => candidate.toLowerCase() === near);
    if (name !== undefined && distance(key.toLowerCase(), near) <= SLIP) {
      throw new ConfigError(key, `is not known. Did you mean '${name}'?`);
    }
  }
}

const isName = (key: string): key is Name => NAMES.some((name) => name === key);
