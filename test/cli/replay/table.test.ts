import { describe, expect, it } from 'vitest';
import { table } from '../../../cli/replay/table.ts';
import { defaultPolicy as policy } from '../../../core/policy/policy.ts';
import { sorted } from '../../../tell/sorted.ts';
import { anActivity, anActor, from } from '../../builders.ts';
import {
  acceleratedLaunch,
  aFinding,
  assessed,
  evidence,
  firstLaunch,
  publicShare,
  rootLaunch,
} from '../../findings.ts';

const all = () => sorted([firstLaunch(), rootLaunch(), acceleratedLaunch(), publicShare()]);

const linesOf = (options: { width: number; details?: boolean; colours?: boolean }): string[] =>
  table(all(), policy, { colours: false, ...options })
    .trimEnd()
    .split('\n');

describe('the table', () => {
  it('has one line for each finding where there is room, worst first', () => {
    const [head, ...lines] = linesOf({ width: 140 });
    expect(head).toMatch(/^SEVERITY {2}SCORE {2}UTC, 2026 +WHERE +WHO +FROM AND WHAT$/);
    expect(lines).toHaveLength(all().length);
    const scores = lines.map((line) => Number(line.slice(10, 15)));
    expect(scores).toEqual(scores.toSorted((a, b) => b - a));
  });

  it('has two lines for each where the terminal is narrow, and none is wider than it', () => {
    const lines = linesOf({ width: 80 });
    expect(lines).toHaveLength(2 * (all().length + 1));
    for (const line of lines) expect(line.length).toBeLessThanOrEqual(80);
  });

  it('says where, who, from where and by which calls, those in vain among them', () => {
    const line = linesOf({ width: 160 }).find((each) => each.includes('user/mallory'));
    expect(line).toMatch(
      /^HIGH .* 06-15 12:00 {2}111122223333 3 Regions +user\/mallory +203\.0\.113\.9 {2}15 RunInstances \(14 in vain\)$/,
    );
  });

  it('never cuts a name, an account or an address, for these are copied', () => {
    const label = `role/${'a-role-with-a-long-name-'.repeat(3)}end`;
    const ip = '2001:db8:1234:5678:9abc:def0:1234:5678';
    const calls = Array.from({ length: 9 }, (_, index) =>
      assessed(
        anActivity({ action: `ec2:CallNumber${index}`, actor: anActor({ label }), origin: from(ip) }),
        [evidence('first-launch', 'x')],
      ),
    );
    for (const width of [80, 100, 140, 200]) {
      const text = table([aFinding(calls)], policy, { width, colours: false });
      for (const whole of [label, ip, '111122223333']) expect(text).toContain(whole);
      if (width < 140) expect(text).toMatch(/CallNumber\d and \d more|CallNumber/);
    }
  });

  it('keeps reasons and ids for those who ask for details', () => {
    expect(linesOf({ width: 140 }).join('\n')).not.toContain('lt-0123456789abcdef01234567');
    const details = linesOf({ width: 140, details: true }).join('\n');
    expect(details).toContain('finding lt-0123456789abcdef01234567');
    expect(details).toMatch(
      /\+\d+\.\d accelerated-launch: user\/mallory asked for 8 instances of p5\.48xlarge/,
    );
    expect(details).toContain('user/mallory launched 8 x p5.48xlarge in us-west-2; 14 attempts refused');
  });

  it('says that a finding was held at LOW only of one that is LOW', () => {
    const learnt = (signal: 'first-launch' | 'unfamiliar-region' | 'key-from-new-network') =>
      evidence(signal, 'new here', { novelty: true });
    const held = assessed(
      anActivity({}),
      [learnt('first-launch'), learnt('unfamiliar-region'), learnt('key-from-new-network')],
      true,
    );
    const loud = assessed(anActivity({ id: '2' }), [evidence('accelerated-launch', 'GPUs')], true);
    const told = (...members: (typeof held)[]): string =>
      table([aFinding(members)], policy, { width: 140, colours: false, details: true });
    expect(told(held)).toContain('held at LOW');
    expect(told(held, loud)).not.toContain('held at LOW');
    expect(told(held, loud)).toContain('held down');
    expect(told(loud)).not.toContain('held');
  });

  it('colours the severity alone', () => {
    const [, first = ''] = table([publicShare()], policy, { width: 140, colours: true }).split('\n');
    expect(first.startsWith('\u001b[1m\u001b[31mCRITICAL\u001b[39m\u001b[22m ')).toBe(true);
    expect(first.slice(27)).not.toContain('\u001b');
  });
});
