import { expect } from 'vitest';

const LABEL = '(?:[\\p{L}\\p{N} .,:/@-]|#\\d+;|<br/>)*';
const TONE = '(?::::(?:plain|source|danger))';
const NODE = new RegExp(
  `^ {2}n\\d+(?:\\[\\(|\\[/|\\[\\[|\\[|\\{\\{|>|\\(\\[)"${LABEL}"(?:\\)\\]|/\\]|\\]\\]|\\]|\\}\\}|\\]\\))${TONE}$`,
  'u',
);
const EDGE = new RegExp(`^ {2}n\\d+ (?:==>|-->|-\\.->)\\|"${LABEL}"\\| n\\d+$`, 'u');
const CLASS = /^ {2}(?:classDef [a-z]+ [a-z0-9#:, -]+|class n\d+ gone)$/;

/** Every line is one that the writer means, and there are just as many as there is to draw. */
export function expectInertMermaid(text: string, count: { nodes: number; edges: number }): void {
  const [title = '', kind, ...lines] = text.trimEnd().split('\n');
  expect(title).toMatch(/^%% [\p{L}\p{N} .,:/@_-]*$/u);
  expect(kind).toBe('flowchart TB');
  const strange = lines.filter((line) => ![NODE, EDGE, CLASS].some((form) => form.test(line)));
  expect(strange).toEqual([]);
  expect(lines.filter((line) => NODE.test(line))).toHaveLength(count.nodes);
  expect(lines.filter((line) => EDGE.test(line))).toHaveLength(count.edges);
}

const TAG = /<(\/?)(svg|title|desc|defs|marker|path|rect|text|g|circle)((?: [a-zA-Z-]+="[^"<>&]*")*)(\/?)>/y;
const TEXT = /(?:[^<&]|&(?:amp|lt|gt|quot|#39);)+/y;

/** Only the tags that the writer means, closed in order; text holds no markup and only characters that XML allows. */
export function expectInertSvg(text: string): void {
  expect(text).not.toMatch(/[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\u{10000}-\u{10ffff}]/u);
  const open: string[] = [];
  let at = 0;
  while (at < text.length) {
    TAG.lastIndex = at;
    TEXT.lastIndex = at;
    const tag = TAG.exec(text);
    const words = tag === null ? TEXT.exec(text) : null;
    if (tag === null && words === null)
      expect.fail(`neither tag nor text at ${at}: ${text.slice(at, at + 80)}`);
    if (tag !== null) {
      const [, closes, name = '', attributes = '', alone] = tag;
      expect(attributes).not.toMatch(/ (on[a-z]+|href|style)=/i);
      if (closes === '/') expect(open.pop()).toBe(name);
      else if (alone !== '/') open.push(name);
    }
    at = (tag === null ? TEXT : TAG).lastIndex;
  }
  expect(open).toEqual([]);
}
