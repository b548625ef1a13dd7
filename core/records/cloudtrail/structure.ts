import { structText } from './struct-text.ts';

/** JSON, or the other text form of a structure; anything else as it is. */
export function structure(value: unknown): unknown {
  if (typeof value !== 'string' || !/^\s*[[{]/.test(value)) return value;
  try {
    return JSON.parse(value);
  } catch {
    return structText(value.trim()) ?? value;
  }
}
