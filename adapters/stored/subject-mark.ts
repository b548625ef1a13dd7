import { hash } from 'node:crypto';
import type { Activity } from '../../core/activity/activity.ts';
import { subjectKey } from '../../core/activity/actor.ts';

/**
 * Six characters that tell the subjects of two copies of one activity apart: a resource's timeline may hold both at one time,
 * and a subject's key is too long to be written with every activity.
 */
export const subjectMark = ({ actor }: Pick<Activity, 'actor'>): string =>
  hash('sha256', subjectKey(actor), 'base64url').slice(0, 6);
