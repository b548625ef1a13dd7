import { DisableRuleCommand, EventBridgeClient, ListRulesCommand } from '@aws-sdk/client-eventbridge';
import { SendMessageCommand } from '@aws-sdk/client-sqs';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { runVerify } from '../../cli/verify/run.ts';
import { REGION } from './moto.ts';
import { sqsClient } from './pipeline.ts';
import { type World, worldOf } from './world.ts';

/** What the command prints while the functions work. */
async function verify(world: World, working: boolean): Promise<{ code: number; lines: string[] }> {
  const written = vi.spyOn(process.stdout, 'write').mockReturnValue(true);
  try {
    let over = false;
    const verified = runVerify({
      stack: 'Launchtrail',
      region: REGION,
      wait: working ? '30' : '1',
      launch: false,
    }).finally(() => {
      over = true;
    });
    while (working && !over) {
      await world.workOff();
      await new Promise((done) => setTimeout(done, 100));
    }
    const code = await verified;
    const lines = written.mock.calls.flatMap(([text]) => String(text).trimEnd().split('\n'));
    return { code, lines };
  } finally {
    written.mockRestore();
  }
}

describe('launchtrail verify', () => {
  let world: World;
  beforeAll(async () => {
    world = await worldOf({});
  });
  afterAll(() => world?.stop());

  it('follows a test finding through queue, verdict and topic', async () => {
    const { code, lines } = await verify(world, true);
    // moto counts no subscription as confirmed
    const broken = lines.filter((line) => line.startsWith('BROKEN'));
    expect(broken).toEqual([expect.stringContaining('nobody has confirmed a subscription')]);
    expect(lines).toContainEqual(expect.stringContaining('ok      queue and detect: the test finding'));
    expect(lines).toContainEqual(expect.stringContaining('ok      notify and topic'));
    expect(code).toBe(2);
    const [finding] = await world.findings();
    expect(finding?.Message).toContain('this is a test by launchtrail verify');
    expect(finding?.MessageAttributes.severity?.Value).toBe('low');
  });

  it('says what is broken and what to do', async () => {
    const events = new EventBridgeClient();
    const { Rules = [] } = await events.send(new ListRulesCommand({}));
    await events.send(new DisableRuleCommand({ Name: Rules[0]?.Name ?? '' }));
    const dead = world.deployed.physical('IngestUnjudged');
    await sqsClient().send(new SendMessageCommand({ QueueUrl: dead, MessageBody: '{}' }));
    const { code, lines } = await verify(world, false);
    const broken = lines.filter((line) => line.startsWith('BROKEN'));
    expect(broken).toEqual([
      expect.stringContaining('is DISABLED'),
      expect.stringContaining('queue and detect: nothing within 1 s'),
      expect.stringContaining('notify and topic'),
      expect.stringContaining('nobody has confirmed'),
      expect.stringContaining('1 in IngestUnjudged'),
    ]);
    expect(lines).toContainEqual(expect.stringContaining('launchtrail redrive says why'));
    expect(code).toBe(2);
  });
});
