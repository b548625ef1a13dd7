import type { Resource } from '../core/activity/resources.ts';

export const instance = (id: string): Resource => ({ type: 'instance', id });
export const snapshot = (id: string): Resource => ({ type: 'snapshot', id });
export const volume = (id: string): Resource => ({ type: 'volume', id });
export const image = (id: string): Resource => ({ type: 'image', id });
export const networkInterface = (id: string): Resource => ({ type: 'network-interface', id });

/** The launch template of most tests, or one version of it. */
export const template = (version?: string): Resource => ({
  type: 'launch-template',
  id: 'lt-1',
  ...(version !== undefined && { version }),
});
