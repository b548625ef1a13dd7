import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { svg } from '../../cli/explain/svg.ts';
import { tell } from '../../cli/explain/telling.ts';
import { text as explained } from '../../cli/explain/text.ts';
import { type Format, render } from '../../cli/replay/formats.ts';
import type { FindingRecord } from '../../core/findings/finding.ts';
import { defaultPolicy as policy } from '../../core/policy/policy.ts';
import { digestChat, digestText, entryOf } from '../../tell/digest.ts';
import { mermaid } from '../../tell/mermaid.ts';
import { toOcsf } from '../../tell/ocsf.ts';
import { attributesOf, FOLLOWERS, OUTPUTS, type OutputId } from '../../tell/outputs.ts';
import type { Telling } from '../../tell/telling.ts';
import { ACCOUNT, aLaunch, anActivity, anActor, NOW } from '../builders.ts';
import { aFinding, assessed, evidence, link } from '../findings.ts';
import { launchtrail } from './desk.ts';
import { CORPUS, hostileShare } from './hostile.ts';
import { expectInertMermaid, expectInertSvg } from './inert.ts';

/** A finding of which every text that a record can bring along is the given one. */
function findingOf(text: string): FindingRecord {
  const actor = anActor({ label: text, person: { key: text, label: text }, arn: text, account: text });
  const common = { actor, region: text, account: text, action: `ec2:${text}`, error: text, detail: text };
  const members = [
    anActivity({
      ...common,
      links: [link('instance', text), link('image', text, 'used')],
      launch: aLaunch({ types: [text], images: [text], keyName: text, profile: text, groups: [text] }),
    }),
    anActivity({
      ...common,
      kind: 'snapshot.share',
      at: NOW + 1,
      links: [link('snapshot', text, 'changed')],
      share: { accounts: [text], organisations: [text], public: true },
    }),
  ].map((activity) =>
    assessed(activity, [evidence('shared-publicly', text), evidence('accelerated-launch', text)]),
  );
  return aFinding(members, { account: text });
}

const telling = (text: string): Telling => ({
  record: findingOf(text),
  policy,
  event: 'create',
  accountName: text,
  joined: { kinds: [text], instances: [text] },
});
const written = (id: OutputId, text: string): string => {
  const each = telling(text);
  const { subject, body } = OUTPUTS[id].write(each, attributesOf(each.record, policy));
  expect(subject).toMatch(/^[ -~]{0,99}$/);
  return body;
};
const following = (id: keyof typeof FOLLOWERS, text: string): string => {
  const ocsf = toOcsf(findingOf(text), { policy, accountName: text });
  const home = { partition: 'aws', region: 'eu-west-1', account: ACCOUNT };
  return JSON.stringify(
    id === 'hub' ? FOLLOWERS.hub(ocsf, home, NOW) : JSON.parse(FOLLOWERS.bus(ocsf, NOW).Detail),
  );
};
const printed = async (format: Format, text: string): Promise<string> =>
  [...(await render([findingOf(text)], policy, { format, details: true, toTerminal: false }))].join('');
const drawn = (text: string) => tell(findingOf(text), { context: [], lost: 0 }, policy, []);

/** No line is one that a text of a record has made or shown as another, and no address can be clicked. */
function expectPlain(output: string): void {
  for (const line of output.split('\n')) expect(line).not.toMatch(/[\p{Cc}\p{Cf}\p{Cs}\u2028\u2029]/u);
  expect(output).not.toMatch(/^Bcc:/m);
  expect(output).not.toMatch(/https?:\/\/evil/i);
  expect(output.length).toBeLessThan(100_000);
}

function textsIn(value: unknown): string[] {
  if (typeof value === 'string') return [value];
  return typeof value === 'object' && value !== null
    ? Object.entries(value).flatMap(([key, each]) => [key, ...textsIn(each)])
    : [];
}

/** JSON of as few texts as there are, none of which holds what a screen obeys. */
function expectTame(output: string): void {
  expect(output.length).toBeLessThan(300_000);
  for (const text of textsIn(JSON.parse(output)))
    expect(text.replaceAll('\n', '')).not.toMatch(/[\p{Cc}\p{Cf}\p{Cs}]/u);
}

/** The stored record in full, for programs: nothing in it that a screen obeys as it stands. */
function expectEscaped(output: string): void {
  expect(textsIn(JSON.parse(output)).length).toBeGreaterThan(10);
  for (const line of output.split('\n')) expect(line).not.toMatch(/[\p{Cc}\p{Cf}\p{Cs}\u2028\u2029]/u);
}

function expectTameInChat(output: string): void {
  expectTame(output);
  const { content, metadata } = JSON.parse(output);
  const { nextSteps = [], ...said } = content;
  for (const text of [
    ...textsIn(said),
    ...textsIn(metadata),
    ...nextSteps.map((step: string) => step.replaceAll('`', '')),
  ])
    expect(text).not.toMatch(/[<>&@`*~[\]|#!\\]|https?:\/\//);
}

/** Cells of one that no spreadsheet calculates. */
function expectNoFormula(output: string): void {
  for (const [, cell = ''] of output.matchAll(/"((?:[^"]|"")*)"(?:,|\r\n)/g))
    expect(cell).not.toMatch(/^\s*[=+\-@＝＋－＠]/);
  for (const line of output.split('\r\n')) expect(line).not.toMatch(/[\p{Cc}\p{Cf}\p{Cs}]/u);
}

/** Outside of code spans there are our own words alone. */
function expectCodeOnly(output: string): void {
  const outside = output.replaceAll(/(?<!`)(`+)(?!`).*?(?<!`)\1(?!`)/g, '');
  expect(outside).not.toMatch(/[<>@]|\]\(|evil/);
}

const TAGS = /<\/?([a-z]+)/gi;
async function page(text: string): Promise<string> {
  const folder = mkdtempSync(join(tmpdir(), 'launchtrail-inert-'));
  try {
    const [input, output] = [join(folder, 'in.json'), join(folder, 'out.html')];
    const share = hostileShare('abcdef1', text);
    writeFileSync(input, JSON.stringify({ Records: [share] }));
    const { stderr } = await launchtrail(['report', input, '--output', output]);
    expect(stderr).toContain('1');
    return readFileSync(output, 'utf8');
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
const elementsIn = (html: string): string[] => [...html.matchAll(TAGS)].map(([tag]) => tag.toLowerCase());

type Name =
  | OutputId
  | keyof typeof FOLLOWERS
  | Format
  | 'digest'
  | 'digest in a channel'
  | 'explain'
  | 'svg'
  | 'mermaid'
  | 'html';

/** Every output, by the lists that they come from: one that has no line here does not compile. */
const OUTPUT_CASES: Readonly<Record<Name, (text: string) => void | Promise<void>>> = {
  findings: (text) => expectTame(written('findings', text)),
  alerts: (text) => expectPlain(written('alerts', text)),
  chat: (text) => expectTameInChat(written('chat', text)),
  hub: (text) => expectTame(following('hub', text)),
  bus: (text) => expectTame(following('bus', text)),
  digest: (text) => expectPlain(digestText([entryOf(telling(text), NOW)]).body),
  'digest in a channel': (text) => expectTameInChat(digestChat([entryOf(telling(text), NOW)], 'id')),
  table: async (text) => expectPlain(await printed('table', text)),
  ocsf: async (text) => expectTame(await printed('ocsf', text)),
  json: async (text) => expectEscaped(await printed('json', text)),
  csv: async (text) => expectNoFormula(await printed('csv', text)),
  markdown: async (text) => expectCodeOnly(await printed('markdown', text)),
  sarif: async (text) => expectTame(await printed('sarif', text)),
  explain: (text) => expectPlain(explained(drawn(text).telling, 100)),
  svg: (text) => {
    const { graph, telling: each } = drawn(text);
    expectInertSvg(svg(graph, each));
  },
  mermaid: (text) => {
    const { graph } = drawn(text);
    expectInertMermaid(mermaid(graph, text), { nodes: graph.nodes.length, edges: graph.edges.length });
  },
  html: async (text) => {
    const [html, calm] = await Promise.all([page(text), page('calm')]);
    const [found, known] = [elementsIn(html), elementsIn(calm)];
    // who acts how changes how many there are, but never of which sort
    expect([...new Set(found)].filter((each) => !known.includes(each))).toEqual([]);
    expect(found.filter((each) => each === '<script')).toEqual(known.filter((each) => each === '<script'));
    expect(html.replaceAll(/<script[\s\S]*?<\/script>/g, '')).not.toMatch(/<[a-z][^>"]*\son[a-z]+=/i);
  },
};

describe.each(Object.entries(OUTPUT_CASES))('%s', (_, expectInert) => {
  it.each(Object.entries(CORPUS))('holds inert what is meant for: %s', async (_name, text) => {
    await expectInert(text);
  });
});
