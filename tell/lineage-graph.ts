import type { Activity } from '../core/activity/activity.ts';
import type { ResourceType } from '../core/activity/resources.ts';
import type { SignalId } from '../core/policy/weights.ts';

/** A resource, somebody who was given access (`account`, `everyone`) or an address range let in (`network`). */
export type NodeType = ResourceType | 'account' | 'organisation' | 'everyone' | 'network';

export interface LineageNode {
  /** Unique within the graph; a resource's own id, and the id of everybody else behind their type. */
  readonly key: string;
  readonly type: NodeType;
  /** As records name it: to be cleaned before it is shown. */
  readonly id: string;
  /** More resources that came about and went alike, and are not drawn one by one. */
  readonly alike: number;
  /** Account and Region in which it was made or changed, where that is known. */
  readonly account?: string;
  readonly region?: string;
  /** The launch that made an instance. */
  readonly launch?: Activity;
  /** What else was done to it, oldest first: terminated, deleted, given an address. */
  readonly events: readonly Activity[];
}

/** Whose an activity is: a member of the finding, something else that a subject of the finding did, or another's. */
export type Standing = 'finding' | 'subject' | 'other';

/** Data, access or an opening that went from one node into another. */
export interface LineageEdge {
  readonly from: string;
  readonly to: string;
  /** By which it went, oldest first: more than one when the same subject did the same again. */
  readonly activities: readonly Activity[];
  readonly standing: Standing;
  /** What spoke against those activities, strongest signal first. */
  readonly signals: readonly SignalId[];
}

export interface LineageGraph {
  /** In order of what happened to them first. */
  readonly nodes: readonly LineageNode[];
  /** Oldest first. */
  readonly edges: readonly LineageEdge[];
  /** Resources left out because there were too many. */
  readonly omitted: number;
}
