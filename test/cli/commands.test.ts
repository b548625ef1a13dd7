import { describe, expect, it } from 'vitest';
import { SIGNAL_IDS } from '../../core/policy/weights.ts';
import packageJson from '../../package.json' with { type: 'json' };
import { launchtrail } from './desk.ts';

describe('launchtrail signals', () => {
  it('lists every signal with its weight', async () => {
    const { code, stdout } = await launchtrail(['signals']);
    expect(code).toBe(0);
    for (const id of SIGNAL_IDS) expect(stdout).toMatch(new RegExp(`^  ${id} +(0\\.\\d+|1) +[A-Z].+$`, 'm'));
  });

  it('says of each what it asks, why, and when it is silent', async () => {
    const { code, stdout } = await launchtrail(['signals', 'launch-burst']);
    expect(code).toBe(0);
    expect(stdout).toMatch(/^launch-burst \(volume, weight 0\.4\)\n\nWeight 0\.4/);
    for (const part of ['**Asks**', '**Why**', '**Silent**']) expect(stdout).toContain(part);
    expect(stdout).not.toContain('\n###');
  });

  it('names the nearest where there is none of that name', async () => {
    const ran = await launchtrail(['signals', 'lanch-burst']);
    expect(ran).toMatchObject({
      code: 1,
      stdout: '',
      stderr: expect.stringContaining('the nearest is launch-burst'),
    });
  });
});

describe('launchtrail version', () => {
  it('says what a report of a fault needs', async () => {
    const { code, stdout } = await launchtrail(['version']);
    expect(code).toBe(0);
    expect(stdout).toMatch(
      `launchtrail ${packageJson.version}\nNode ${process.version} on ${process.platform}`,
    );
  });
});
