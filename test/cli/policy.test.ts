import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { parsePolicy } from '../../cli/parse-policy.ts';
import { policyJsonSchema } from '../../cli/policy/check.ts';
import { launchtrail, withFolder } from './desk.ts';

const problems = (text: string): readonly string[] => {
  const read = parsePolicy('policy.yaml', text);
  return read.ok ? [] : read.problems;
};

describe('policy.yaml', () => {
  it('names the line and column of every problem, in order of the file', () => {
    const text = `# ours
learning:
  perod: 3d
organisation:
  accounts:
    - "111122223333"
    - 444455556666
severity: { low: 50 }
suppressions:
  - account: "111122223333"
    reason: drill
    owner: ops
`;
    expect(problems(text)).toEqual([
      'policy.yaml:3:3: learning.perod: unknown key; did you mean `period`?',
      'policy.yaml:7:7: organisation.accounts[1]: expected a quoted 12-digit account id, or a subscription, project or domain, got 444455556666',
      expect.stringMatching(/^policy\.yaml:8:1: severity: expected low < medium/),
      'policy.yaml:10:5: suppressions[0].expires: is missing',
    ]);
  });

  it.each([
    ['a list left open', 'signals:\n  off: [root-launch\n', /^policy\.yaml:3:1: /],
    ['a key twice', 'timeWindow: 1h\ntimeWindow: 2h\n', /^policy\.yaml:2:1: Map keys must be unique/],
    ['an anchor that is nowhere', 'timeWindow: *window\n', /^policy\.yaml.*window/],
    ['a bare text', 'hello', /^policy\.yaml:1:1: expected keys and values, got "hello"/],
  ])('says where %s is', (_, text, line) => {
    expect(problems(text)).toEqual([expect.stringMatching(line)]);
  });

  it('may be empty', () => {
    expect(problems('')).toEqual([]);
    expect(problems('# nothing yet\nlearning:\n  # period: 3d\n')).toEqual([]);
  });
});

describe('launchtrail policy', () => {
  it('check ends with 0 for a good file and warns of an expired suppression', async () => {
    await withFolder(async (folder) => {
      const file = join(folder, 'policy.yaml');
      await writeFile(
        file,
        'suppressions:\n  - { account: "111122223333", reason: an old drill, owner: ops, expires: 2020-01-01 }\n',
      );
      const run = await launchtrail(['policy', 'check', file]);
      expect(run).toMatchObject({ code: 0, stdout: `${file}: good\n` });
      expect(run.stderr).toContain('suppressions[0] expired on 2020-01-01 (an old drill)');
    });
  });

  it('check ends with 1 for a bad file and prints its problems', async () => {
    await withFolder(async (folder) => {
      const file = join(folder, 'policy.yaml');
      await writeFile(file, 'lerning: {}\n');
      expect(await launchtrail(['policy', 'check', file])).toEqual({
        code: 1,
        stdout: '',
        stderr: `${file}:1:1: lerning: unknown key; did you mean \`learning\`?\n`,
      });
    });
  });

  it('schema prints a JSON Schema that knows keys, defaults, words and patterns', async () => {
    const { code, stdout } = await launchtrail(['policy', 'schema']);
    expect(code).toBe(0);
    expect(JSON.parse(stdout)).toEqual(policyJsonSchema());
    expect(JSON.parse(stdout)).toMatchObject({
      $schema: 'https://json-schema.org/draft/2020-12/schema',
      additionalProperties: false,
      properties: { timeWindow: { type: 'string', default: '24h' } },
    });
    expect(stdout).toContain('"first-launch"');
    expect(stdout).toContain('\\\\d{12}');
  });
});
