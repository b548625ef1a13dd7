import type { VerdictStore, Versioned } from '../../app/ports.ts';
import { byTime } from '../../core/activity/activity.ts';
import { subjectKey } from '../../core/activity/actor.ts';
import { firstIndex, getOrMake } from '../../core/activity/sorted.ts';
import type { Assessment } from '../../core/findings/finding.ts';

/** Verdicts that live as long as the process: for replay. */
export function memoryVerdicts(): VerdictStore {
  /** By account and subject, in order of time and id. */
  const timelines = new Map<string, Versioned<Assessment>[]>();
  const placeIn = (timeline: readonly Versioned<Assessment>[], place: { at: number; id: string }): number =>
    firstIndex(timeline, ({ value }) => byTime(value.activity, place) < 0);

  return {
    async near(places, count, within) {
      return places.flatMap((place) => {
        const timeline = timelines.get(`${place.account}#${place.subject}`) ?? [];
        const index = placeIn(timeline, place);
        return timeline
          .slice(Math.max(0, index - count), index + 1 + count)
          .filter(({ value }) => Math.abs(value.activity.at - place.at) <= within);
      });
    },

    async at(places) {
      return places.flatMap((place) => {
        const timeline = timelines.get(`${place.account}#${place.subject}`) ?? [];
        const there = timeline[placeIn(timeline, place)];
        return there?.value.activity.id === place.id && there.value.activity.at === place.at ? [there] : [];
      });
    },

    async save(verdict, expected) {
      const { activity } = verdict;
      const key = `${activity.account}#${subjectKey(activity.actor)}`;
      const timeline = getOrMake(timelines, key, (): Versioned<Assessment>[] => []);
      const index = placeIn(timeline, activity);
      const there = timeline[index];
      const replaces = there !== undefined && byTime(there.value.activity, activity) === 0;
      if ((replaces ? there.version : 0) !== expected) return false;
      timeline.splice(index, replaces ? 1 : 0, { value: verdict, version: expected + 1 });
      return true;
    },

    async *all() {
      for (const timeline of timelines.values()) for (const { value } of timeline.slice()) yield value;
    },
  };
}
