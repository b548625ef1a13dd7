import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { describe, expect, it } from 'vitest';

const read = (file: string): string => readFileSync(resolve(import.meta.dirname, '../..', file), 'utf8');

/** Instructions of a Dockerfile, with what follows them. */
const instructionsOf = (text: string): [name: string, rest: string][] =>
  text
    .replaceAll(/\\\n/g, ' ')
    .split('\n')
    .filter((line) => line.trim() !== '' && !line.startsWith('#'))
    .map((line) => {
      const [, name = '', rest = ''] = /^(\S+)\s+(.*)$/.exec(line) ?? [];
      return [name, rest];
    });

const FIRST = ['FROM', 'WORKDIR', 'COPY', 'RUN', 'USER', 'ENTRYPOINT', 'CMD'];

/** What is wrong with a Dockerfile, as far as one can say without Docker. */
function faultsOf(text: string): string[] {
  const all = instructionsOf(text);
  const of = (name: string) => all.filter(([each]) => each === name).map(([, rest]) => rest);
  const last = all.slice(all.findLastIndex(([name]) => name === 'FROM'));
  return [
    ...all.filter(([name]) => !FIRST.includes(name)).map(([name]) => `instruction ${name}`),
    ...of('FROM')
      .filter((rest) => !/^[\w./-]+:(?!latest)[\w.-]+( AS \w+)?$/.test(rest))
      .map((rest) => `image without a tag: ${rest}`),
    ...[...of('ENTRYPOINT'), ...of('CMD')]
      .filter((rest) => !Array.isArray(parsed(rest)))
      .map((rest) => `started by a shell: ${rest}`),
    ...of('RUN')
      .filter((rest) => /curl|wget|sudo/.test(rest))
      .map((rest) => `fetched outside npm: ${rest}`),
    ...(last.some(([name, rest]) => name === 'USER' && rest !== 'root') ? [] : ['runs as root']),
    ...(last.some(([name]) => name === 'ENTRYPOINT') ? [] : ['starts nothing']),
  ];
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

describe('the Dockerfile', () => {
  it('has no fault that can be seen without Docker', () => {
    expect(faultsOf(read('Dockerfile'))).toEqual([]);
  });

  it.each([
    ['FROM node\nUSER node\nENTRYPOINT ["x"]', 'image without a tag: node'],
    ['FROM node:latest\nUSER node\nENTRYPOINT ["x"]', 'image without a tag: node:latest'],
    ['FROM node:24\nENTRYPOINT ["x"]', 'runs as root'],
    ['FROM node:24\nUSER node', 'starts nothing'],
    ['FROM node:24\nUSER node\nENTRYPOINT x', 'started by a shell: x'],
    ['FROM node:24\nADD x y\nUSER node\nENTRYPOINT ["x"]', 'instruction ADD'],
  ])('is looked at by a test that finds faults: %j', (text, fault) => {
    expect(faultsOf(text)).toEqual([fault]);
  });

  it('leaves out of the image what lies around', () => {
    expect(read('.dockerignore').split('\n')).toEqual(
      expect.arrayContaining(['.git', 'node_modules', '*.tgz']),
    );
  });
});
