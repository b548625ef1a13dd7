import type { Activity } from '../core/activity/activity.ts';
import type { Triage } from '../core/findings/decision.ts';
import type { FindingRecord } from '../core/findings/finding.ts';
import type { Severity } from '../core/findings/severity.ts';
import type { Policy } from '../core/policy/policy.ts';
import type { AccountNaming } from './account-naming.ts';
import type { Joined } from './joined.ts';
import type { FindingEvent } from './ocsf.ts';

/** What has become of a finding, for whoever writes of it. */
export interface Telling extends AccountNaming {
  readonly record: FindingRecord;
  readonly event: FindingEvent;
  readonly policy: Policy;
  /** What was last told of it; absent: nothing. */
  readonly before?:
    | {
        readonly status: FindingRecord['status'];
        readonly severity: Severity;
        readonly triage?: Pick<Triage, 'state'>;
      }
    | undefined;
  /** What has joined it since, where it was open. */
  readonly joined?: Joined | undefined;
  /** Calls outside of its story that ended what it left; absent where nobody looked. */
  readonly ends?: readonly Activity[] | undefined;
  /** Address of docs/, for links; without it they are relative to the repository. */
  readonly docs?: string | undefined;
}

export interface Message {
  readonly subject: string;
  readonly body: string;
  /** What subscribers can filter on; a value that is a JSON array is matched by any of its elements. */
  readonly attributes: Readonly<Record<string, string>>;
}
