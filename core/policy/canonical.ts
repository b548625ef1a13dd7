import type { Policy } from './policy.ts';

/**
 * A policy as one text, with every default worked out and keys in order: two that judge alike are written alike. Its hash is the
 * policy's identity, so the identity itself is left out.
 */
export function canonicalPolicy({ identity: _, ...policy }: Policy): string {
  return JSON.stringify(inOrder(policy));
}

/** A value of JSON with the keys of its objects in order. */
export function inOrder(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(inOrder);
  if (typeof value !== 'object' || value === null) return value;
  const entries = Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1));
  return Object.fromEntries(entries.map(([key, part]) => [key, inOrder(part)]));
}
