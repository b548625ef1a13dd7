import { toJsonSchema } from '@valibot/to-json-schema';
import * as v from 'valibot';
import { KINDS } from '../../core/activity/kinds.ts';
import { CLOSINGS } from '../../core/findings/decision.ts';
import { SEVERITIES } from '../../core/findings/severity.ts';
import { SIGNAL_IDS } from '../../core/policy/weights.ts';

const text = v.string();
const ms = v.pipe(v.number(), v.description('ms since 1970'));
const points = v.pipe(v.number(), v.minValue(0), v.maxValue(100));
const share = v.pipe(v.number(), v.minValue(0), v.maxValue(1));

const resource = { type: text, id: text };

const activity = v.looseObject({
  id: v.pipe(text, v.description('eventID of the CloudTrail record')),
  at: ms,
  account: v.pipe(text, v.description('account in which it happened')),
  region: text,
  kind: v.picklist(KINDS),
  action: v.pipe(text, v.description('as AWS names it, e.g. ec2:RunInstances')),
  actor: v.looseObject({
    key: v.pipe(text, v.description('stable across sessions')),
    label: text,
    class: v.picklist(['human', 'workload', 'automation', 'service', 'root', 'foreign-account']),
    account: text,
    arn: v.optional(text),
    person: v.optional(v.looseObject({ key: text, label: text })),
    accessKey: v.optional(text),
  }),
  origin: v.looseObject({
    ip: v.optional(text),
    agent: v.pipe(text, v.description('family of the user agent')),
    userAgent: v.optional(
      v.pipe(text, v.description('as written, where the family is other or an attack tool')),
    ),
    console: v.boolean(),
  }),
  outcome: v.picklist(['succeeded', 'denied', 'dry-run', 'limited', 'failed']),
  links: v.array(v.looseObject({ ...resource, role: v.picklist(['made', 'used', 'changed']) })),
});

const evidence = v.looseObject({
  signal: v.picklist(SIGNAL_IDS),
  strength: share,
  reason: v.pipe(text, v.description('one sentence that a person can check')),
  refs: v.optional(v.pipe(v.array(text), v.description('eventIDs of earlier records behind it'))),
});

/**
 * What `--format json` promises of each finding. More keys may be there and change; those that are named here change only with the
 * version.
 */
export const FindingsSchema = v.array(
  v.looseObject({
    id: v.pipe(text, v.description('the same on every run')),
    account: text,
    subject: text,
    status: v.picklist(['open', 'merged', 'withdrawn']),
    start: ms,
    end: ms,
    last: v.pipe(v.number(), v.description('time of the last record by anyone, ms since 1970')),
    score: points,
    severity: v.picklist(SEVERITIES),
    truncated: v.optional(v.literal(true)),
    triage: v.optional(
      v.looseObject({
        state: v.picklist(['acknowledged', 'closed', 'reopened']),
        as: v.optional(v.pipe(v.picklist(CLOSINGS), v.description('what it is or was closed as'))),
        decision: v.pipe(text, v.description('id of the last decision about any of it')),
        at: v.pipe(v.number(), v.description('when that was decided, ms since 1970')),
        since: v.pipe(v.number(), v.description('records with evidence that no decision covers')),
        by: v.optional(text),
        note: v.optional(text),
      }),
    ),
    members: v.pipe(
      v.array(v.looseObject({ activity, evidence: v.array(evidence), score: points })),
      v.description('records of the finding, best evidence first'),
    ),
    view: v.looseObject({
      title: text,
      start: v.pipe(text, v.isoTimestamp()),
      end: v.pipe(text, v.isoTimestamp()),
      suppressedBy: v.array(v.looseObject({ reason: text, owner: text, expires: text })),
      capped: v.pipe(v.boolean(), v.description('held at LOW while its account is learnt')),
      history: v.pipe(
        v.array(v.looseObject({ account: text, since: ms, days: v.pipe(v.number(), v.integer()) })),
        v.description(
          'by account, since when its history reaches back and whole days of it before the first record',
        ),
      ),
      parts: v.pipe(
        v.array(
          v.looseObject({
            signal: v.picklist(SIGNAL_IDS),
            family: text,
            points: v.number(),
            reason: text,
            times: v.number(),
            activityIds: v.array(text),
          }),
        ),
        v.description('parts of the score, the largest first; they add up to it'),
      ),
    }),
  }),
);

/** The same as JSON Schema, draft 2020-12. */
export function findingsJsonSchema(): Record<string, unknown> {
  const { $schema, ...rest } = toJsonSchema(FindingsSchema, { target: 'draft-2020-12' });
  return { $schema, title: 'Launchtrail findings (--format json)', ...rest };
}
