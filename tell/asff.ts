import { clean } from '../core/activity/clean.ts';
import type { OcsfFinding, OcsfResource } from './ocsf-types.ts';
import { PRODUCT } from './product.ts';

/**
 * The part of the AWS Security Finding Format that Launchtrail writes.
 * https://docs.aws.amazon.com/securityhub/latest/userguide/securityhub-findings-format-syntax.html
 */
export interface AsffFinding {
  readonly SchemaVersion: '2018-10-08';
  readonly Id: string;
  readonly ProductArn: string;
  readonly ProductName: string;
  readonly CompanyName: string;
  readonly GeneratorId: string;
  readonly AwsAccountId: string;
  readonly Region: string;
  readonly FirstObservedAt: string;
  readonly LastObservedAt: string;
  readonly CreatedAt: string;
  /** Security Hub ignores an update whose time is not later than that of what it holds. */
  readonly UpdatedAt: string;
  readonly Title: string;
  readonly Description: string;
  readonly Remediation: { readonly Recommendation: { readonly Text: string; readonly Url?: string } };
  readonly ProductFields: Readonly<Record<string, string>>;
  readonly Resources: readonly AsffResource[];
  readonly RecordState: 'ACTIVE' | 'ARCHIVED';
  /** What a provider may say again and again; the fields of the same names outside of it are the customer's. */
  readonly FindingProviderFields: {
    readonly Severity: { readonly Label: string; readonly Original: string };
    readonly Types: readonly string[];
  };
}

interface AsffResource {
  readonly Type: string;
  readonly Id: string;
  readonly Partition: string;
  readonly Region: string;
}

/** Lengths that Security Hub takes, and how many resources. */
export const ASFF_LIMITS = {
  id: 512,
  generator: 512,
  title: 256,
  description: 1024,
  recommendation: 512,
  types: 50,
  fields: 50,
  fieldName: 128,
  fieldValue: 2048,
  resources: 32,
  resourceId: 512,
} as const;

const LABELS: Readonly<Record<OcsfFinding['severity_id'], string>> = {
  1: 'INFORMATIONAL',
  2: 'LOW',
  3: 'MEDIUM',
  4: 'HIGH',
  5: 'CRITICAL',
};

/** Resources that Security Hub has a type and a page for. */
const TYPES: Readonly<Record<string, string>> = {
  instance: 'AwsEc2Instance',
  volume: 'AwsEc2Volume',
  'security-group': 'AwsEc2SecurityGroup',
  'network-interface': 'AwsEc2NetworkInterface',
  'launch-template': 'AwsEc2LaunchTemplate',
  'auto-scaling-group': 'AwsAutoScalingAutoScalingGroup',
  stack: 'AwsCloudFormationStack',
  user: 'AwsIamUser',
  role: 'AwsIamRole',
  'access-key': 'AwsIamAccessKey',
};

const resourceOf = ({ uid, uid_alt, type, region, cloud_partition }: OcsfResource): AsffResource => ({
  Type: TYPES[type] ?? 'Other',
  Id: clean(uid_alt ?? uid, ASFF_LIMITS.resourceId) || 'unknown',
  Partition: cloud_partition,
  Region: region,
});

/** `TTPs/<tactic>/<technique>`: the first two words of Security Hub's taxonomy where it has them. */
const typesOf = (finding: OcsfFinding): string[] => {
  const types = finding.finding_info.attacks.map(({ technique, sub_technique, tactic }) =>
    ['TTPs', tactic?.name ?? 'Defense Evasion', (sub_technique ?? technique).uid].join('/'),
  );
  return [...new Set(types)].slice(0, ASFF_LIMITS.types);
};

const iso = (ms: number): string => new Date(ms).toISOString();

/** Where the function that imports runs: Security Hub takes findings of its own account alone by its default product. */
export interface AsffHome {
  readonly partition: string;
  readonly region: string;
  readonly account: string;
}

/** What the default product of an account is called. */
const productArn = ({ partition, region, account }: AsffHome): string =>
  `arn:${partition}:securityhub:${region}:${account}:product/${account}/default`;

/**
 * A finding as Security Hub takes it. It bears the account that imports it; whose it is stands in its resources, its title and
 * `launchtrail/account`. One that is closed or that the policy suppresses is archived, and active once it is heard again: what an
 * analyst has noted in Security Hub (workflow, note) is theirs, and an import leaves it alone.
 *
 * @param at when it was published, ms
 */
export function toAsff(finding: OcsfFinding, home: AsffHome, at: number): AsffFinding {
  const { finding_info: info, cloud, unmapped } = finding;
  const [reference] = finding.remediation.references;
  const account = cloud.account;
  const resources = finding.resources
    .toSorted((a, b) => Number(a.role !== 'Affected') - Number(b.role !== 'Affected'))
    .map(resourceOf);
  const owner: AsffResource = {
    Type: 'AwsAccount',
    Id: `AWS::::Account:${account.uid}`,
    Partition: cloud.cloud_partition,
    Region: home.region,
  };
  const signals = unmapped.parts.map(({ signal, points }) => `${signal} +${points.toFixed(1)}`).join(', ');
  const fields: Readonly<Record<string, string>> = {
    'launchtrail/account': [account.uid, account.name ?? ''].join(' ').trim(),
    'launchtrail/region': cloud.region,
    'launchtrail/type': info.types.join(', '),
    'launchtrail/score': unmapped.score.toFixed(1),
    'launchtrail/signals': signals,
    'launchtrail/records': String(info.related_events_count),
    'launchtrail/status': `${finding.status}${finding.status_detail === undefined ? '' : `: ${finding.status_detail}`}`,
    'launchtrail/explain': `launchtrail explain ${info.uid}`,
  };
  const isOpen = finding.status_id === 1 || finding.status_id === 2;
  return {
    SchemaVersion: '2018-10-08',
    Id: clean(info.uid, ASFF_LIMITS.id),
    ProductArn: productArn(home),
    ProductName: PRODUCT.name,
    CompanyName: PRODUCT.vendor,
    GeneratorId: clean(`launchtrail/${info.types[0] ?? 'finding'}`, ASFF_LIMITS.generator),
    AwsAccountId: home.account,
    Region: home.region,
    FirstObservedAt: iso(info.first_seen_time),
    LastObservedAt: iso(info.last_seen_time),
    CreatedAt: iso(info.created_time),
    UpdatedAt: iso(at),
    Title: clean(info.title, ASFF_LIMITS.title),
    Description: clean(info.desc, ASFF_LIMITS.description),
    Remediation: {
      Recommendation: {
        Text: clean(finding.remediation.desc, ASFF_LIMITS.recommendation),
        ...(reference !== undefined && { Url: clean(reference, ASFF_LIMITS.recommendation) }),
      },
    },
    ProductFields: Object.fromEntries(
      Object.entries(fields)
        .map(([name, value]) => [name, clean(value, ASFF_LIMITS.fieldValue)] as const)
        .filter(([, value]) => value !== ''),
    ),
    Resources: [owner, ...resources].slice(0, ASFF_LIMITS.resources),
    RecordState: isOpen ? 'ACTIVE' : 'ARCHIVED',
    FindingProviderFields: {
      Severity: { Label: LABELS[finding.severity_id], Original: finding.severity },
      Types: typesOf(finding),
    },
  };
}
