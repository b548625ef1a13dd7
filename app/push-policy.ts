import type { PolicyPointer, PolicyVersion, SettingsStore } from './settings.ts';

/** What is to be pushed. */
export interface Push extends Pick<PolicyVersion, 'text' | 'json' | 'sha256' | 'by' | 'at' | 'why' | 'of'> {
  /** The version that it was compared with, 0 for none. */
  readonly base: number;
}

export type Pushed =
  | { readonly ok: true; readonly version: PolicyVersion }
  /** Somebody else was first; `now` is what is in force instead. */
  | { readonly ok: false; readonly now: PolicyVersion | undefined };

/** Numbers tried in a row: as many versions may have been left behind half pushed, or be on their way. */
const MAX_TRIES = 50;

/**
 * Puts a version, and only then moves the pointer to it, if that still names the base: of two pushes at once one comes into force, and
 * one that dies half way never does.
 */
export async function pushPolicy(store: SettingsStore, { base, ...push }: Push): Promise<Pushed> {
  for (let number = base + 1; number <= base + MAX_TRIES; number += 1) {
    const version: PolicyVersion = { version: number, base, ...push };
    // a number that is taken was left behind, or is on its way: the pointer decides
    if (!(await store.add(version))) continue;
    const moved = await store.point(pointerTo(version), base);
    if (moved) return { ok: true, version };
    const now = await inForce(store);
    // a call that was tried again after it had taken effect is refused by what it wrote itself
    return now?.version === number ? { ok: true, version } : { ok: false, now };
  }
  const now = await inForce(store);
  if ((now?.version ?? 0) !== base) return { ok: false, now };
  throw new Error(`${MAX_TRIES} versions after ${base} were put and none came into force; look at the table`);
}

const pointerTo = ({ version, sha256 }: PolicyVersion): PolicyPointer => ({ version, sha256 });

/** The version that is in force, if any is. */
export async function inForce(store: SettingsStore): Promise<PolicyVersion | undefined> {
  const pointer = await store.pointer();
  return pointer && store.version(pointer.version);
}

/** Versions that have been in force, the newest first; each names the one before. */
export async function* versionsOf(store: SettingsStore): AsyncGenerator<PolicyVersion> {
  let version = await inForce(store);
  while (version !== undefined) {
    yield version;
    const { base, version: number } = version;
    // whoever writes into the table by hand may make a circle
    version = base > 0 && base < number ? await store.version(base) : undefined;
  }
}
