import { linked } from '../activity/activity.ts';
import { listed, type Signal } from './signal.ts';

/** Part left where the tags that only AWS can set say that a service launched it: whoever told the service may be known. */
const BY_SERVICE = 0.6;

/**
 * The baseline of instances that MITRE asks for. CloudTrail's history of ninety days cannot be switched off, so an instance in none
 * of its records is either a delivery that failed twice or somebody's work.
 */
export const unrecordedLaunch: Signal = {
  id: 'unrecorded-launch',
  family: 'coverage',
  description: 'A running instance that no record explains',
  appliesTo: ['instance.observe'],

  evaluate(activity, { lineage }) {
    const { launch, seen, region } = activity;
    if (lineage.launches.some(({ kind }) => kind === 'instance.launch')) return undefined;
    const instances = linked(activity, 'instance', 'made');
    const what = [...(launch?.types ?? []), ...(launch?.images ?? [])];
    const service = [...linked(activity, 'auto-scaling-group'), ...linked(activity, 'fleet')][0];
    const sort = what.length === 0 ? '' : ` (${listed(what)})`;
    const of = seen?.imageOwner === undefined ? '' : `, from an image of account ${seen.imageOwner}`;
    const by = service === undefined ? '' : `, though it bears the mark of ${service}`;
    return {
      strength: service === undefined ? 1 : BY_SERVICE,
      reason: `${listed(instances) || 'An instance'}${sort} runs in ${region} since ${dateOf(seen?.since ?? activity.at)}${of}, and no record says who launched it${by}`,
    };
  },
};

/** `2026-06-15 12:00 UTC`. */
const dateOf = (at: number): string => `${new Date(at).toISOString().slice(0, 16).replace('T', ' ')} UTC`;
