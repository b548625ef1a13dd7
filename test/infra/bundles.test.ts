import { execFileSync } from 'node:child_process';
import { build } from 'esbuild';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ALIASES, BUNDLING, shellSafeJson } from '../../lib/constructs/bundled-function.ts';

/** Bytes of JavaScript; what a cold start has to read, parse and run. */
const BUDGET = 450_000;

async function bundle(handler: string): Promise<{ bytes: number; inputs: string[] }> {
  const { target, mainFields, minify, banner } = BUNDLING;
  const { metafile, outputFiles } = await build({
    entryPoints: [`lambda/${handler}.ts`],
    bundle: true,
    write: false,
    metafile: true,
    platform: 'node',
    format: BUNDLING.format,
    target,
    mainFields: [...mainFields],
    minify,
    banner: { js: banner },
    alias: ALIASES,
  });
  return { bytes: outputFiles[0]?.contents.length ?? 0, inputs: Object.keys(metafile.inputs) };
}

describe('the bundle of detect', async () => {
  const { bytes, inputs } = await bundle('detect');

  it('stays within its budget', () => {
    expect(bytes).toBeLessThanOrEqual(BUDGET);
    expect(bytes).toBeGreaterThan(100_000);
  });

  it.each([
    '@aws-sdk/client-ec2/',
    '@aws-sdk/client-sns/',
    '/zod/',
    '/valibot/',
    'credential-provider-node/',
    'aws-xray-sdk',
  ])('carries nothing of %s', (part) => {
    expect(inputs.filter((input) => input.includes(part))).toEqual([]);
  });

  it('carries no code of the desk or of the stack', () => {
    expect(inputs.filter((input) => /^(cli|lib)\//.test(input))).toEqual([]);
  });
});

describe('only respond', async () => {
  const withEc2 = await Promise.all(
    ['detect', 'notify', 'respond'].map(async (name) => {
      const { inputs } = await bundle(name);
      return inputs.some((input) => input.includes('@aws-sdk/client-ec2/')) ? name : '';
    }),
  );

  it('can speak to EC2', () => {
    expect(withEc2.filter((name) => name !== '')).toEqual(['respond']);
  });
});

describe('the policy on its way through the shell that CDK uses', () => {
  it('arrives as it was, whatever is written in it', () => {
    const anyText = fc.oneof(
      fc.string({ unit: 'binary' }),
      fc.string({ unit: fc.constantFrom(...'$`\\"\'!%\n(){}&;é') }),
    );
    fc.assert(
      fc.property(fc.dictionary(anyText, anyText), (policy) => {
        // CDK writes --define:NAME=<JSON.stringify(value)> into a command for bash.
        const command = `printf %s ${JSON.stringify(shellSafeJson(policy))}`;
        expect(JSON.parse(execFileSync('bash', ['-c', command], { encoding: 'utf8' }))).toEqual(policy);
      }),
      { numRuns: 60 },
    );
  });
});
