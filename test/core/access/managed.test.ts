import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { describe, expect, it } from 'vitest';
import { CAPABILITIES, callOf } from '../../../core/access/capabilities.ts';
import { readDocument } from '../../../core/access/documents.ts';
import { evaluator } from '../../../core/access/evaluate.ts';
import { ACCOUNT } from './subjects.ts';

const ROOT = resolve(import.meta.dirname, '../../..');

/** The copy of AWS's managed policies that moto has, in the environment that .ci/run makes. */
function copied(): string | undefined {
  const libraries = resolve(ROOT, '.venv/lib');
  if (!existsSync(libraries)) return undefined;
  return readdirSync(libraries)
    .map((python) => resolve(libraries, python, 'site-packages/moto/iam/aws_managed_policies.py'))
    .find((file) => existsSync(file));
}
const FILE = copied();
const HINT = FILE === undefined ? ' (skipped: no moto in .venv, which .ci/run makes)' : '';

/** Named in docs/access.md, where a reader finds them. */
const listed = (): string[] => {
  const [, list = ''] = readFileSync(resolve(ROOT, 'docs/access.md'), 'utf8').split('<!-- managed -->\n');
  return [...list.matchAll(/`([^`]+)`/g)].map(([, name = '']) => name);
};

describe.skipIf(FILE === undefined)(`AWS's own managed policies${HINT}`, () => {
  const source = FILE === undefined ? '' : readFileSync(FILE, 'utf8');
  const policies = Object.entries(
    JSON.parse(
      source === '' ? '{}' : source.slice(source.indexOf('"""') + 3, source.lastIndexOf('"""')),
    ) as Record<string, { Document: unknown }>,
  ).map(([name, { Document }]) => ({ name, document: readDocument(Document, name) }));

  it('can all be read', () => {
    expect(policies.length).toBeGreaterThan(1400);
    expect(policies.flatMap(({ document }) => document.problems)).toEqual([]);
  });

  it('let launch where docs/access.md says so', () => {
    const { judge } = evaluator();
    const launches = CAPABILITIES.filter(({ kind }) => kind === 'launch');
    const able = policies
      .filter(({ name, document }) => {
        const subject = {
          partition: 'aws',
          account: ACCOUNT,
          layers: [{ name, documents: [document] }],
          known: {},
        };
        return launches.some(({ needs }) =>
          needs.every((need) => judge(subject, callOf(need)).answer !== 'deny'),
        );
      })
      .map(({ name }) => name);
    expect(able.toSorted()).toEqual(listed().toSorted());
  });
});
