import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { svg } from '../../cli/explain/svg.ts';
import { tell } from '../../cli/explain/telling.ts';
import type { Activity } from '../../core/activity/activity.ts';
import type { FindingRecord } from '../../core/findings/finding.ts';
import { defaultPolicy } from '../../core/policy/policy.ts';
import { drawingOf } from '../../tell/drawing.ts';
import { place } from '../../tell/layout.ts';
import { mermaid } from '../../tell/mermaid.ts';
import { ACCOUNT, aLaunch, anActivity, anActor, HOUR, NOW } from '../builders.ts';
import { image, snapshot, volume } from '../resources.ts';
import { expectInertMermaid, expectInertSvg } from './inert.ts';

/** Texts that mean something to HTML, XML, Mermaid, Markdown or a terminal. */
const ATTACKS = [
  '"]; click n0 "javascript:alert(1)"',
  '"]\n  n99["in"]\n  n99 --> n0',
  '</text><script>alert(1)</script>',
  '<img src=x onerror=alert(1)>',
  '%%{init: {"securityLevel":"loose"}}%%',
  ']]><![CDATA[',
  '&#60;script&#62; &lt;b&gt; &bogus;',
  '`**bold**` __x__ $$x$$ 1. list',
  'end',
  '#quot;#60;',
  '\u202egnp.exe\u0000\u0007\u001b[31m\ud800\ufffe',
  "' onload='alert(1)",
];

const hostile = fc.oneof(
  fc.constantFrom(...ATTACKS),
  fc.string({ unit: 'grapheme', maxLength: 60 }),
  fc.string({ unit: 'binary', maxLength: 60 }),
);

/** A finding in which every text that a record can bring along is the given one. */
function findingOf(text: string): { record: FindingRecord; context: Activity[] } {
  const actor = anActor({ label: text, person: { key: text, label: text }, arn: text, account: text });
  const common = { actor, region: text, account: text, action: `ec2:${text}` };
  const copied = anActivity({
    ...common,
    kind: 'snapshot.create',
    links: [{ type: 'snapshot', id: `snap-${text}`, role: 'made', from: [volume(`vol-${text}`)] }],
  });
  const launched = anActivity({
    ...common,
    at: NOW + HOUR,
    links: [
      { type: 'instance', id: `i-${text}`, role: 'made', from: [image(text), snapshot(`snap-${text}`)] },
    ],
    launch: aLaunch({ types: [text], keyName: text, profile: text, groups: [`sg-${text}`] }),
  });
  const opened = anActivity({
    ...common,
    kind: 'ingress.open',
    links: [{ type: 'security-group', id: `sg-${text}`, role: 'changed' }],
    ingress: [{ group: `sg-${text}`, protocol: text, fromPort: 1, toPort: 2, source: text }],
  });
  const shared = anActivity({
    ...common,
    kind: 'snapshot.share',
    links: [{ type: 'snapshot', id: `snap-${text}`, role: 'changed' }],
    share: { accounts: [text], organisations: [text], public: true },
  });
  const gone = anActivity({
    ...common,
    kind: 'instance.terminate',
    at: NOW + 2 * HOUR,
    links: [{ type: 'instance', id: `i-${text}`, role: 'changed' }],
  });
  const members = [launched, copied, shared].map((activity) => ({
    activity,
    evidence: [{ signal: 'copied-data-on-instance' as const, strength: 1, reason: text }],
    score: 75,
  }));
  const record: FindingRecord = {
    id: `lt-${ACCOUNT}-${text}`,
    account: text,
    subject: text,
    status: 'open',
    start: NOW,
    end: NOW + HOUR,
    last: NOW + HOUR,
    members,
    score: 75,
    severity: 'high',
  };
  return { record, context: [opened, gone] };
}

const drawn = (text: string) => {
  const { record, context } = findingOf(text);
  return tell(record, { context, lost: 0 }, defaultPolicy, []);
};

describe('the pictures of explain', () => {
  it('hold nothing in Mermaid that a record could have meant as Mermaid, HTML or Markdown', () => {
    fc.assert(
      fc.property(hostile, (text) => {
        const { graph } = drawn(text);
        expectInertMermaid(mermaid(graph, text), { nodes: graph.nodes.length, edges: graph.edges.length });
      }),
      { numRuns: 300 },
    );
  });

  it('are well-formed SVG without script whatever a record holds', () => {
    fc.assert(
      fc.property(hostile, (text) => {
        const { graph, telling } = drawn(text);
        expectInertSvg(svg(graph, telling));
      }),
      { numRuns: 300 },
    );
  });

  it.each(ATTACKS)('keep %j harmless in both', (text) => {
    const { graph, telling } = drawn(text);
    expectInertMermaid(mermaid(graph, text), { nodes: graph.nodes.length, edges: graph.edges.length });
    expectInertSvg(svg(graph, telling));
  });

  it('show ordinary ids and names as they are', () => {
    const { graph, telling } = drawn('0abc');
    for (const picture of [mermaid(graph, telling.title), svg(graph, telling)]) {
      for (const shown of ['snapshot snap-0abc', 'instance i-0abc', 'volume vol-0abc', 'EVERYONE']) {
        expect(picture).toContain(shown);
      }
    }
  });

  it('lay no box or label on another, and all inside the picture', () => {
    const { graph } = drawn('0abc');
    const { nodes, edges, width, height } = place(drawingOf(graph));
    const boxes = [...nodes, ...edges].map(({ box }) => box);
    expect(boxes.length).toBeGreaterThan(10);
    for (const [index, a] of boxes.entries()) {
      expect(a.x).toBeGreaterThanOrEqual(0);
      expect(a.y).toBeGreaterThanOrEqual(0);
      expect(a.x + a.width).toBeLessThanOrEqual(width);
      expect(a.y + a.height).toBeLessThanOrEqual(height);
      const on = boxes
        .slice(index + 1)
        .filter(
          (b) => a.x < b.x + b.width && b.x < a.x + a.width && a.y < b.y + b.height && b.y < a.y + a.height,
        );
      expect(on).toEqual([]);
    }
  });

  it('say so when there is no resource to draw', () => {
    const { record } = findingOf('x');
    const refused = record.members.map((member) => ({
      ...member,
      activity: { ...member.activity, outcome: 'denied' as const },
    }));
    const { graph, telling } = tell(
      { ...record, members: refused },
      { context: [], lost: 0 },
      defaultPolicy,
      [],
    );
    expect(graph.nodes).toEqual([]);
    expect(svg(graph, telling)).toContain('Nothing to draw');
    expect(mermaid(graph, telling.title)).toContain('Nothing to draw');
  });
});
