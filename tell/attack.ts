import type { Activity } from '../core/activity/activity.ts';
import { type TechniqueId, techniqueOf } from '../core/activity/kinds.ts';
import type { FindingRecord } from '../core/findings/finding.ts';
import type { SignalId } from '../core/policy/weights.ts';

/**
 * MITRE ATT&CK Enterprise, the version all names below are taken from.
 *
 * v19 (April 2026) split "Defense Evasion": TA0005 lives on as "Stealth", and T1578 with its sub-techniques moved to the
 * new TA0112 "Defense Impairment". The technique id is the key to match on; the tactic is a name that has changed once.
 * Source: attack.mitre.org, matrix v19.
 */
export const ATTACK_VERSION = '19';

interface Named {
  readonly uid: string;
  readonly name: string;
}

/** One technique as a finding names it. */
export interface Technique {
  readonly technique: Named;
  readonly sub?: Named;
  /** Absent where v19 lists several and none of them alone would be true. */
  readonly tactic?: Named;
}

const IMPAIRMENT = { uid: 'TA0112', name: 'Defense Impairment' };
const INITIAL_ACCESS = { uid: 'TA0001', name: 'Initial Access' };
const PERSISTENCE = { uid: 'TA0003', name: 'Persistence' };
const CREDENTIAL_ACCESS = { uid: 'TA0006', name: 'Credential Access' };
const EXFILTRATION = { uid: 'TA0010', name: 'Exfiltration' };
const IMPACT = { uid: 'TA0040', name: 'Impact' };

const compute = (number: string, name: string): Technique => ({
  technique: { uid: 'T1578', name: 'Modify Cloud Compute Infrastructure' },
  sub: { uid: `T1578.${number}`, name },
  tactic: IMPAIRMENT,
});

const CREATE_SNAPSHOT = compute('001', 'Create Snapshot');
const CREATE_INSTANCE = compute('002', 'Create Cloud Instance');
const DELETE_INSTANCE = compute('003', 'Delete Cloud Instance');
const REVERT_INSTANCE = compute('004', 'Revert Cloud Instance');
const MODIFY_CONFIGURATION = compute('005', 'Modify Cloud Compute Configurations');
const TRANSFER: Technique = {
  technique: { uid: 'T1537', name: 'Transfer Data to Cloud Account' },
  tactic: EXFILTRATION,
};
const CREATE_ACCOUNT: Technique = {
  technique: { uid: 'T1136', name: 'Create Account' },
  sub: { uid: 'T1136.003', name: 'Cloud Account' },
  tactic: PERSISTENCE,
};
const VALID_ACCOUNT: Technique = {
  technique: { uid: 'T1078', name: 'Valid Accounts' },
  sub: { uid: 'T1078.004', name: 'Cloud Accounts' },
  tactic: INITIAL_ACCESS,
};
const METADATA_API: Technique = {
  technique: { uid: 'T1552', name: 'Unsecured Credentials' },
  sub: { uid: 'T1552.005', name: 'Cloud Instance Metadata API' },
  tactic: CREDENTIAL_ACCESS,
};
const HIJACKING: Technique = {
  technique: { uid: 'T1496', name: 'Resource Hijacking' },
  sub: { uid: 'T1496.001', name: 'Compute Hijacking' },
  tactic: IMPACT,
};
const ADMINISTRATION_COMMAND: Technique = {
  technique: { uid: 'T1651', name: 'Cloud Administration Command' },
  tactic: { uid: 'TA0002', name: 'Execution' },
};
const UNUSED_REGIONS: Technique = {
  technique: { uid: 'T1535', name: 'Unused/Unsupported Cloud Regions' },
};

const BY_ID: Readonly<Record<TechniqueId, Technique>> = {
  'T1136.003': CREATE_ACCOUNT,
  T1535: UNUSED_REGIONS,
  T1537: TRANSFER,
  'T1578.001': CREATE_SNAPSHOT,
  'T1578.002': CREATE_INSTANCE,
  'T1578.003': DELETE_INSTANCE,
  'T1578.004': REVERT_INSTANCE,
  'T1578.005': MODIFY_CONFIGURATION,
  T1651: ADMINISTRATION_COMMAND,
};

const BY_SIGNAL: Partial<Record<SignalId, Technique>> = {
  'root-launch': VALID_ACCOUNT,
  'key-from-new-network': VALID_ACCOUNT,
  'instance-credentials-elsewhere': METADATA_API,
  'accelerated-launch': HIJACKING,
  'account-unfamiliar-region': UNUSED_REGIONS,
  'region-just-enabled': UNUSED_REGIONS,
  'many-regions': UNUSED_REGIONS,
};

/** Techniques of one activity, by what was done; the attempt counts, its outcome does not matter. */
export const techniquesOfActivity = ({ kind }: Activity): readonly Technique[] => {
  const id = techniqueOf(kind);
  return id === null ? [] : [BY_ID[id]];
};

/** The page of a technique or sub-technique in the version that names are taken from. */
export const attackUrl = (uid: string): string =>
  `https://attack.mitre.org/versions/v${ATTACK_VERSION}/techniques/${uid.replace('.', '/')}/`;

const uidOf = ({ technique, sub }: Technique): string => sub?.uid ?? technique.uid;

/** Techniques of a whole finding, sorted by id: what its members did and what its signals say about how. */
export function techniquesOf({ members }: Pick<FindingRecord, 'members'>): Technique[] {
  const found = new Map<string, Technique>();
  const add = (technique: Technique | undefined): void => {
    if (technique !== undefined) found.set(uidOf(technique), technique);
  };
  for (const { activity, evidence } of members) {
    for (const technique of techniquesOfActivity(activity)) add(technique);
    for (const { signal } of evidence) add(BY_SIGNAL[signal]);
  }
  return [...found.values()].sort((a, b) => (uidOf(a) < uidOf(b) ? -1 : 1));
}
