import { DatabaseSync } from 'node:sqlite';
import { pathToFileURL } from 'node:url';

/** Says in the file's header that it is ours ("LTRL" in ASCII). */
const APPLICATION_ID = 0x4c54524c;
/** Raised whenever the tables or the stored documents change so that older code could not read them. */
const SCHEMA_VERSION = 5;
/** How long one run waits for another that writes to the same file. */
const BUSY_MS = 10_000;

// An activity is kept once, and has a place in each timeline that it stands in. `account` and `subject` name the timeline, `home`
// is the account of the activity with a mark of its subject, which tells its copies apart. With the body in every place the file
// was five times as large.
const SCHEMA = `
  CREATE TABLE activity (
    at INTEGER NOT NULL, id TEXT NOT NULL, home TEXT NOT NULL, body TEXT NOT NULL,
    PRIMARY KEY (at, id, home)
  ) STRICT;
  CREATE TABLE place (
    account TEXT NOT NULL, subject TEXT NOT NULL, at INTEGER NOT NULL, id TEXT NOT NULL, home TEXT NOT NULL,
    PRIMARY KEY (account, subject, at, id, home)
  ) STRICT, WITHOUT ROWID;
  CREATE TABLE sheet (
    scope TEXT NOT NULL PRIMARY KEY, version INTEGER NOT NULL, last_day INTEGER NOT NULL, seen TEXT NOT NULL
  ) STRICT, WITHOUT ROWID;
  CREATE TABLE active (
    account TEXT NOT NULL, week INTEGER NOT NULL, subject TEXT NOT NULL,
    PRIMARY KEY (account, week, subject)
  ) STRICT, WITHOUT ROWID;
  CREATE TABLE verdict (
    account TEXT NOT NULL, subject TEXT NOT NULL, at INTEGER NOT NULL, id TEXT NOT NULL,
    version INTEGER NOT NULL, body TEXT NOT NULL,
    PRIMARY KEY (account, subject, at, id)
  ) STRICT;
  PRAGMA application_id = ${APPLICATION_ID};
`;

// What has been told, policies that were pushed, and decisions came later. A file without these tables has none of them, and older code passes over
// them.
const LATER_SCHEMA = `
  CREATE TABLE IF NOT EXISTS told (
    id TEXT NOT NULL PRIMARY KEY, run INTEGER NOT NULL, event TEXT NOT NULL, body TEXT NOT NULL
  ) STRICT, WITHOUT ROWID;
  CREATE TABLE IF NOT EXISTS run (number INTEGER PRIMARY KEY, ended INTEGER NOT NULL) STRICT;
  CREATE TABLE IF NOT EXISTS decision (
    at INTEGER NOT NULL, id TEXT NOT NULL, body TEXT NOT NULL, PRIMARY KEY (at, id)
  ) STRICT;
  CREATE TABLE IF NOT EXISTS policy_version (version INTEGER PRIMARY KEY, body TEXT NOT NULL) STRICT;
  CREATE TABLE IF NOT EXISTS policy_pointer (
    only INTEGER PRIMARY KEY CHECK (only = 1), version INTEGER NOT NULL, sha256 TEXT NOT NULL
  ) STRICT;
`;

/**
 * Opens a state file, or makes one; a file that is not ours is refused untouched.
 *
 * @param readOnly open what is there and change nothing, so that it may lie where nobody may write
 * @throws Error that names the file and the remedy
 */
export function openSqlite(path: string, { readOnly = false } = {}): DatabaseSync {
  let database: DatabaseSync | undefined;
  try {
    if (readOnly) return openToRead(path);
    database = new DatabaseSync(path, { timeout: BUSY_MS });
    prepare(database);
    return database;
  } catch (error) {
    database?.close();
    const reason = error instanceof Error ? error.message : String(error);
    throw new Error(`state file ${path}: ${reason}${remedyFor(reason)}`, { cause: error });
  }
}

function openToRead(path: string): DatabaseSync {
  const open = (location: string | URL): DatabaseSync => {
    const database = new DatabaseSync(location, { timeout: BUSY_MS, readOnly: true });
    try {
      if (!isOurs(database)) throw new Error('it is empty; name the file of replay --state');
      return database;
    } catch (error) {
      database.close();
      throw error;
    }
  };
  try {
    return open(path);
  } catch (error) {
    if (!/readonly|unable to open/.test(String(error))) throw error;
    // its folder takes no lock; then nobody else writes there either
    const location = pathToFileURL(path);
    location.searchParams.set('immutable', '1');
    return open(location);
  }
}

/** Whether it has our tables; it has not, where it is empty. */
function isOurs(database: DatabaseSync): boolean {
  const version = pragma(database, 'user_version');
  if (pragma(database, 'application_id') !== APPLICATION_ID) {
    const { tables } = database.prepare('SELECT count(*) AS tables FROM sqlite_schema').get() ?? {};
    if (tables !== 0 || version !== 0) {
      throw new Error('it is a database of another program; name another file');
    }
    return false;
  }
  if (version !== SCHEMA_VERSION) {
    throw new Error(
      `it has layout ${version} and this version reads layout ${SCHEMA_VERSION}; ` +
        'name another file, or delete it and replay the records again',
    );
  }
  return true;
}

function prepare(database: DatabaseSync): void {
  isOurs(database);
  // The journal may lose the last moments on a power cut, never its integrity; replaying the records restores them.
  database.exec('PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL;');
  transaction(database, () => {
    // asked again inside the transaction: another run may just have made the tables
    if (pragma(database, 'application_id') !== APPLICATION_ID) database.exec(SCHEMA);
    // always written, so that a file that takes nothing is found out now and not by the first record
    database.exec(`${LATER_SCHEMA} PRAGMA user_version = ${SCHEMA_VERSION};`);
  });
}

function pragma(database: DatabaseSync, name: string): number {
  const value = database.prepare(`PRAGMA ${name}`).get()?.[name];
  if (typeof value !== 'number') throw new Error(`PRAGMA ${name} gave no number`);
  return value;
}

function remedyFor(reason: string): string {
  if (/not a database/.test(reason)) return '; name another file, it is not a SQLite database';
  if (/unable to open/.test(reason)) return '; check that its folder exists and may be written to';
  if (/readonly/.test(reason))
    return '; copy it to where it and its folder may be written to, or ask for that right';
  if (/disk is full|disk I\/O/.test(reason))
    return '; free some space and run again, what was judged before is kept';
  if (/is locked/.test(reason)) return '; another run has it, try again when that is done';
  return '';
}

/** Why a database takes nothing any more, with the remedy; undefined for what concerns one record alone. */
export function brokenDatabase(reason: string): string | undefined {
  const [said] =
    /database or disk is full|disk I\/O error|attempt to write a readonly database|database is locked|disk image is malformed/.exec(
      reason,
    ) ?? [];
  return said && `${said}${remedyFor(said)}`;
}

/** Runs a piece of work as a whole or not at all. */
export function transaction(database: DatabaseSync, work: () => void): void {
  database.exec('BEGIN IMMEDIATE');
  try {
    work();
    database.exec('COMMIT');
  } catch (error) {
    // a full disk has ended the transaction already
    if (database.isTransaction) database.exec('ROLLBACK');
    throw error;
  }
}

/** Parses a stored document; damage is named by its place. */
export function readJson<T>(place: string, body: unknown, read: (stored: unknown) => T): T {
  try {
    if (typeof body !== 'string') throw new TypeError(`expected text, found ${typeof body}`);
    return read(JSON.parse(body));
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new Error(
      `the state file is damaged at ${place}: ${reason}; delete it and replay the records again`,
      {
        cause: error,
      },
    );
  }
}
