import type { Activity } from '../../core/activity/activity.ts';
import { type Actor, subjectLabel } from '../../core/activity/actor.ts';
import { type FindingRecord, inStory } from '../../core/findings/finding.ts';

/** Findings that touch a resource, whose data came from it, or whose data it holds. */
export const touching = (findings: readonly FindingRecord[], id: string): FindingRecord[] =>
  findings.filter((finding) => inStory(finding).some(({ activity }) => touches(activity, id)));

const touches = ({ links, share }: Activity, id: string): boolean =>
  links.some((link) => link.id === id || link.on === id || link.from?.some((source) => source.id === id)) ||
  share?.accounts.includes(id) === true;

/** Findings with something that was done by someone, whatever they are called by. */
export const doneBy = (findings: readonly FindingRecord[], name: string): FindingRecord[] => {
  const wanted = name.toLowerCase();
  return findings.filter(({ members }) =>
    members.some(({ activity }) => namesOf(activity.actor).some((each) => each.toLowerCase() === wanted)),
  );
};

/** What a person may call one who acts: `user/alice`, `alice`, an ARN, a principal's or a key's id. */
function namesOf(actor: Actor): string[] {
  const { label, key, arn, person, accessKey } = actor;
  return [
    subjectLabel(actor),
    label,
    label.replace(/^(user|role)\//, ''),
    key,
    ...(arn === undefined ? [] : [arn]),
    ...(accessKey === undefined ? [] : [accessKey]),
    ...(person === undefined ? [] : [person.label, person.key]),
  ];
}
