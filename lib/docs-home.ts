import { execFileSync } from 'node:child_process';
import type { IConstruct } from 'constructs';

/** How hosts that are known by their names show a file of the default branch, with the headings' own anchors. */
const VIEWS: readonly (readonly [RegExp, string])[] = [
  [/(^|\.)github\./, 'blob/HEAD'],
  [/(^|\.)gitlab\./, '-/blob/HEAD'],
];

/** Only characters that are markup neither in a mail nor in a channel, since the address goes where what a record says does not. */
const ADDRESS = /^https:\/\/[\w.-]+(:\d+)?(\/[\w.%-]+)*$/;
const LONGEST = 200;

/** Whether messages and alarms can lead to an address. */
export const isDocsAddress = (text: string): boolean => text.length <= LONGEST && ADDRESS.test(text);

/** `git@host:owner/repository.git`, the form that is no address. */
const SCP_LIKE = /^[\w.-]+@([\w.-]+):(?!\/\/)(.+)$/;

/**
 * Where a browser finds docs/ of a repository, as far as its host is known: whoever deploys from a clone need not say where the clone
 * is from.
 *
 * @param origin what `git clone` was given
 * @returns nothing for a folder, for a host whose addresses are not known, and for what no message can hold
 */
export function docsOf(origin: string): string | undefined {
  const url = URL.parse(origin.trim().replace(SCP_LIKE, 'ssh://$1/$2'));
  if (url === null || !/^(https|ssh|git):$/.test(url.protocol)) return undefined;
  const host = url.protocol === 'https:' ? url.host : url.hostname;
  const view = VIEWS.find(([host]) => host.test(url.hostname))?.[1];
  const path = url.pathname.replace(/\/+$/, '').replace(/\.git$/, '');
  const docs = `https://${host}${path}/${view}/docs`;
  return view === undefined || path === '' || !isDocsAddress(docs) ? undefined : docs;
}

/** The address that this clone came from; nothing where it is none, or git is missing. */
export function originOf(folder: string): string {
  try {
    return execFileSync('git', ['-C', folder, 'remote', 'get-url', 'origin'], {
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'ignore'],
    });
  } catch {
    return '';
  }
}

/** Name in a stack's own context, which alarms all over the tree ask for. */
const KEY = 'launchtrail:docs';

/** Says for all constructs of a stack where docs/ is; it must have none yet. */
export function setDocs(stack: IConstruct, docs: string | undefined): void {
  stack.node.setContext(KEY, docs);
}

/** Address of docs/ for a construct, if one was given. */
export const docsFor = (scope: IConstruct): string | undefined => scope.node.tryGetContext(KEY);

/** A section of docs/operations.md, as an address where there is one. */
export const operations = (scope: IConstruct, section: string): string =>
  `${docsFor(scope) ?? 'docs'}/operations.md#${section}`;
