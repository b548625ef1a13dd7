import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { launch, launchtrail, publicShare, withFolder } from './desk.ts';

/** A public share, and an hour later a launch by somebody else: one finding each. */
const RECORDS = JSON.stringify([
  publicShare('share-a', '2026-03-01T10:00:00Z'),
  launch('launch-a', '2026-03-20T10:00:00Z'),
]);

const compared = (policies: Record<string, string>, args: readonly string[], records = RECORDS) =>
  withFolder(async (folder) => {
    for (const [name, text] of Object.entries(policies)) await writeFile(join(folder, name), text);
    const named = args.map((arg) => (arg.endsWith('.yaml') ? join(folder, arg) : arg));
    return launchtrail(['replay', '--compare', ...named], { stdin: records });
  });

const QUIET = `suppressions:
  - { signal: shared-publicly, actor: user/alice, reason: a drill, owner: us, expires: "2026-12-31" }
`;

describe('launchtrail replay --compare', () => {
  it('says what people would no longer hear, and because of which key', async () => {
    const { code, stdout } = await compared({ 'b.yaml': `${QUIET}rateThreshold: { regions: 9 }\n` }, [
      'none',
      'b.yaml',
    ]);
    expect(code).toBe(0);
    expect(stdout).toMatch(
      /^none \(\d findings\) against \S+b\.yaml \(\d\): 0 appeared, 0 vanished, 1 moved\n2 keys differ: rateThreshold\.regions, suppressions\n/,
    );
    expect(stdout).toMatch(/\nmoved +CRITICAL -> SUPPRESSED {2}2026-03-01T10:00Z {2}user\/alice shared /);
    expect(stdout).toContain('because of suppressions\n');
  });

  it('says what they would hear anew, and fails where that is as loud as asked', async () => {
    const { code, stdout } = await compared({ 'a.yaml': QUIET }, [
      'a.yaml',
      'none',
      '--fail-on',
      'high',
      '--format',
      'json',
    ]);
    expect(code).toBe(3);
    const { keys, moves } = JSON.parse(stdout);
    expect(keys).toEqual(['suppressions']);
    expect(moves).toEqual([
      {
        kind: 'moved',
        from: 'suppressed',
        to: 'critical',
        by: [],
        finding: expect.objectContaining({ id: 'lt-111122223333-share-a', severity: 'critical' }),
      },
    ]);
  });

  it('tells what vanishes or appears from what changes, and what several keys do only together', async () => {
    const off = 'signals: { off: [shared-publicly] }\n';
    const vanished = await compared({ 'b.yaml': `${off}severity: { critical: 99 }\n` }, [
      'none',
      'b.yaml',
      '--min-severity',
      'low',
    ]);
    expect(vanished.stdout).toMatch(/\n(vanished|moved) +CRITICAL -> (NOTHING|LOW|MEDIUM) /);
    const appeared = await compared({ 'a.yaml': off }, ['a.yaml', 'none', '--fail-on', 'critical']);
    expect(appeared).toMatchObject({ code: 3 });
  });

  it('finds no difference between a policy and itself', async () => {
    const { code, stdout } = await compared({ 'a.yaml': QUIET }, ['a.yaml', 'a.yaml', '--fail-on', 'low']);
    expect(code).toBe(0);
    expect(stdout).toContain('0 appeared, 0 vanished, 0 moved\nthe two policies say the same\n');
  });

  it.each([
    [['none'], '--compare takes two policies: --compare A B PATH'],
    [['none', 'gone.yaml'], 'gone.yaml: no such file or folder'],
    [['none', 'none', '--format', 'csv'], '--compare prints a table or json'],
    [
      ['none', 'none', '--state', 'x'],
      "option '--compare <policy>' cannot be used with option '--state <file>'",
    ],
  ])('refuses %j with words', async (args, words) => {
    const { code, stderr } = await compared({}, args);
    expect(code).toBe(1);
    expect(stderr).toContain(words);
  });

  it('says as a replay does that there was nothing to judge', async () => {
    expect(await compared({}, ['none', 'none'], '[]')).toMatchObject({
      code: 1,
      stderr: expect.stringContaining('no record'),
    });
  });
});
