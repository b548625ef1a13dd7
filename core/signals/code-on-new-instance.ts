import { bySame, subjectLabel } from '../activity/actor.ts';
import { nameOf } from '../activity/resources.ts';
import { subjectScope } from '../history/facts.ts';
import { isFromElsewhere } from './brought.ts';
import { untilNow } from './newness.ts';
import { listed, type Signal, span } from './signal.ts';

/** Part left of a program: it sets up what it launches, and the first time is one day of many. */
const PROGRAM = 0.5;

/** Whoever launches and then runs code through the cloud's own agent needs no key and no rule; those who do so daily are known for it. */
export const codeOnNewInstance: Signal = {
  id: 'code-on-new-instance',
  family: 'thing',
  description: 'Code run on an instance by whoever launched it, and is not known to run any',
  appliesTo: ['instance.run'],

  evaluate(activity, memory, policy) {
    const { actor, at, outcome } = activity;
    if (outcome !== 'succeeded' || actor.class === 'service') return undefined;
    const launch = memory.lineage.launches.findLast(
      (each) => at - each.at <= policy.timeWindow && bySame(each, activity),
    );
    if (launch === undefined) return undefined;
    const elsewhere = isFromElsewhere(activity, memory, policy);
    const habit = memory.familiarity(subjectScope(activity), 'kind', activity.kind);
    const isNew = habit === 'new' || habit === 'suspect';
    if (!isNew && !elsewhere) return undefined;
    const program = actor.class === 'automation' || actor.class === 'workload';
    return {
      strength: program && !elsewhere ? PROGRAM : 1,
      novelty: true,
      reason: `${subjectLabel(actor)} ran code on ${listed(memory.lineage.instances.map(nameOf))} ${span(at - launch.at)} after its launch${isNew ? `, and had not run any ${untilNow(habit, policy)}` : ', from a network that it is not known from'}`,
      lineage: true,
      refs: [launch.id],
    };
  },
};
