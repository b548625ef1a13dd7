/**
 * The part of OCSF 1.8.0 that Launchtrail writes: class 2004 Detection Finding with the profile `cloud`, and `incident` where a person
 * has closed it. Field names and
 * numbers are OCSF's own (schema.ocsf.io/1.8.0); only what we fill is listed.
 */
interface Account {
  readonly uid: string;
  readonly name?: string;
  readonly type: 'AWS Account';
  readonly type_id: 10;
}

export interface OcsfUser {
  readonly name: string;
  readonly uid: string;
  readonly uid_alt?: string;
  readonly type: string;
  readonly type_id: 0 | 1 | 2 | 3 | 4 | 99;
  readonly account: Account;
}

export interface OcsfActor {
  readonly user: OcsfUser;
  readonly session?: {
    readonly credential_uid?: string;
    readonly is_mfa?: boolean;
    readonly issuer?: string;
  };
  readonly invoked_by?: string;
}

export interface OcsfEndpoint {
  readonly ip?: string;
  readonly svc_name?: string;
  readonly instance_uid?: string;
  readonly autonomous_system?: { readonly number: number; readonly name?: string };
  readonly location?: { readonly country: string };
}

export interface OcsfResource {
  readonly uid: string;
  readonly uid_alt?: string;
  readonly name: string;
  readonly type: string;
  readonly role_id: 3 | 4;
  readonly role: 'Affected' | 'Related';
  readonly region: string;
  readonly cloud_partition: string;
  readonly owner?: { readonly account: Account };
}

interface OcsfTechnique {
  readonly uid: string;
  readonly name: string;
  readonly src_url: string;
}

export interface OcsfAttack {
  readonly technique: OcsfTechnique;
  readonly sub_technique?: OcsfTechnique;
  readonly tactic?: { readonly uid: string; readonly name: string };
  readonly version: string;
}

export interface OcsfRelatedEvent {
  readonly uid: string;
  readonly type: string;
  readonly created_time: number;
  readonly status: string;
  readonly title?: string;
  readonly attacks?: readonly OcsfAttack[];
  readonly traits?: readonly { readonly name: string; readonly category: string }[];
}

export interface OcsfEvidence {
  readonly uid: string;
  readonly name: string;
  readonly actor: OcsfActor;
  readonly api: {
    readonly operation: string;
    readonly service: { readonly name: string };
    readonly response?: { readonly error: string };
  };
  readonly src_endpoint?: OcsfEndpoint;
  readonly resources?: readonly OcsfResource[];
  readonly data: {
    readonly score: number;
    readonly outcome: string;
    readonly agent: string;
    /** As written, where the family says too little. */
    readonly user_agent?: string;
    readonly signals: readonly {
      readonly signal: string;
      readonly strength: number;
      readonly reason: string;
    }[];
  };
}

export interface OcsfObservable {
  readonly name: string;
  readonly type: string;
  readonly type_id: number;
  readonly value: string;
}

interface OcsfAnalytic {
  readonly name: string;
  readonly uid: string;
  readonly desc?: string;
  readonly category?: string;
  readonly type: 'Behavioral';
  readonly type_id: 2;
  readonly version: string;
}

export interface OcsfFinding {
  readonly activity_id: 1 | 2 | 3;
  readonly activity_name: 'Create' | 'Update' | 'Close';
  readonly category_uid: 2;
  readonly category_name: 'Findings';
  readonly class_uid: 2004;
  readonly class_name: 'Detection Finding';
  readonly type_uid: 200401 | 200402 | 200403;
  readonly type_name: string;
  readonly time: number;
  readonly start_time: number;
  readonly end_time: number;
  /** Informational of one that is closed: what was told before says how severe it was. */
  readonly severity_id: 1 | 2 | 3 | 4 | 5;
  readonly severity: 'Informational' | 'Low' | 'Medium' | 'High' | 'Critical';
  readonly risk_score: number;
  readonly confidence_id?: 1;
  readonly confidence?: 'Low';
  readonly is_alert: boolean;
  readonly status_id: 1 | 2 | 3 | 4 | 5;
  readonly status: 'New' | 'In Progress' | 'Suppressed' | 'Resolved' | 'Archived';
  readonly status_detail?: string;
  /** What somebody wrote who decided about it. */
  readonly comment?: string;
  /** Of the profile `incident`: what a person has found it to be. */
  readonly verdict_id?: 1 | 2 | 5 | 6;
  readonly verdict?: 'False Positive' | 'True Positive' | 'Benign' | 'Test';
  readonly message: string;
  readonly metadata: {
    readonly version: '1.8.0';
    readonly uid: string;
    readonly profiles: readonly ('cloud' | 'incident')[];
    readonly product: { readonly name: string; readonly vendor_name: string; readonly version: string };
    readonly log_name: string;
    readonly is_truncated?: true;
  };
  readonly cloud: {
    readonly provider: 'AWS';
    readonly account: Account;
    /** The organisational unit of the account. */
    readonly org?: { readonly ou_uid: string; readonly ou_name: string };
    readonly region: string;
    readonly cloud_partition: string;
  };
  readonly finding_info: {
    readonly uid: string;
    readonly title: string;
    readonly desc: string;
    readonly types: readonly string[];
    readonly created_time: number;
    readonly modified_time: number;
    readonly first_seen_time: number;
    readonly last_seen_time: number;
    readonly analytic: OcsfAnalytic;
    /** The signals that speak, strongest first. */
    readonly related_analytics: readonly OcsfAnalytic[];
    readonly attacks: readonly OcsfAttack[];
    readonly related_events: readonly OcsfRelatedEvent[];
    readonly related_events_count: number;
  };
  readonly evidences: readonly OcsfEvidence[];
  readonly observables: readonly OcsfObservable[];
  readonly resources: readonly OcsfResource[];
  readonly remediation: { readonly desc: string; readonly references: readonly string[] };
  readonly unmapped: {
    readonly parts: readonly {
      readonly signal: string;
      readonly family: string;
      readonly points: number;
      readonly reason: string;
      readonly times: number;
    }[];
    readonly score: number;
    readonly learning: boolean;
    /** By account, what its records were judged against: since when history reaches back, ms, and days of it before the first. */
    readonly history?: readonly { readonly account: string; readonly since: number; readonly days: number }[];
    /** How many of each were left out to stay within the size of a message; only what was cut is named. */
    readonly cut?: Readonly<Record<string, number>>;
    /** More activities belonged to the finding than it keeps. */
    readonly more_activities?: true;
    readonly into?: string;
    /** The policy that it is told with, in the words of OCSF's own object of that name. */
    readonly policy?: {
      /** Its hash. */
      readonly uid: string;
      /** The number that it was pushed under. */
      readonly version?: string;
      /** Other versions that members were judged by and have not been judged anew since; `0` is the one that was deployed. */
      readonly others?: readonly string[];
    };
    readonly suppressions?: readonly {
      readonly reason: string;
      readonly owner: string;
      readonly expires: string;
    }[];
  };
}
