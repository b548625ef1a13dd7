import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { docsOf, originOf } from '../../lib/docs-home.ts';

describe('the address of docs/', () => {
  it.each([
    ['https://github.com/acme/launchtrail', 'https://github.com/acme/launchtrail/blob/HEAD/docs'],
    ['https://github.com/acme/launchtrail.git\n', 'https://github.com/acme/launchtrail/blob/HEAD/docs'],
    ['git@github.com:acme/launchtrail.git', 'https://github.com/acme/launchtrail/blob/HEAD/docs'],
    ['ssh://git@github.com:22/acme/launchtrail/', 'https://github.com/acme/launchtrail/blob/HEAD/docs'],
    ['https://github.example.com/acme/x', 'https://github.example.com/acme/x/blob/HEAD/docs'],
    ['git@gitlab.com:acme/group/x.git', 'https://gitlab.com/acme/group/x/-/blob/HEAD/docs'],
    ['https://gitlab.example.com:8443/acme/x', 'https://gitlab.example.com:8443/acme/x/-/blob/HEAD/docs'],
  ])('is that of the clone %j', (origin, docs) => {
    expect(docsOf(origin)).toBe(docs);
  });

  it('holds neither the name nor the password of whoever cloned', () => {
    expect(docsOf('https://me:secret@github.com/acme/x.git')).toBe(
      'https://github.com/acme/x/blob/HEAD/docs',
    );
  });

  it.each([
    '',
    '/srv/git/launchtrail',
    '../launchtrail',
    'C:\\git\\x',
    'file:///srv/git/x',
    'https://git.example.com/x',
    'https://notgithub.example.com/x',
    'https://github.com',
    'https://gitlab.example.com/~me/x',
    `https://github.com/acme/${'x'.repeat(200)}`,
  ])('is not guessed for %j', (origin) => {
    expect(docsOf(origin)).toBeUndefined();
  });

  it('is not known of a folder that is no clone', () => {
    expect(originOf(mkdtempSync(join(tmpdir(), 'no-clone-')))).toBe('');
  });
});
