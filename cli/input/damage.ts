/** Something in the input that could not be used. */
export interface Damage {
  readonly path: string;
  /** Where inside the file: `line 12`, or `record 3 at byte 4711` of the inflated content. */
  readonly position?: string;
  readonly message: string;
}

const SYSTEM_ERRORS: Readonly<Record<string, string>> = {
  ENOENT: 'no such file or folder',
  EACCES: 'no permission to read it',
  EPERM: 'no permission to read it',
  ELOOP: 'symbolic links go round in a circle',
  EISDIR: 'is a folder',
  EMFILE: 'too many files are open',
};

/** Says in plain words why reading failed. */
export function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const code = 'code' in error && typeof error.code === 'string' ? error.code : '';
  return SYSTEM_ERRORS[code] ?? error.message;
}
