import type { PolicyPointer, PolicyVersion, SettingsStore } from '../../app/settings.ts';

/** Settings of one process. */
export function memorySettings(): SettingsStore {
  const versions = new Map<number, PolicyVersion>();
  let pointer: PolicyPointer | undefined;
  return {
    pointer: async () => pointer,
    version: async (version) => versions.get(version),
    async add(version) {
      if (versions.has(version.version)) return false;
      versions.set(version.version, version);
      return true;
    },
    async point(to, from) {
      if ((pointer?.version ?? 0) !== from) return false;
      pointer = to;
      return true;
    },
  };
}
