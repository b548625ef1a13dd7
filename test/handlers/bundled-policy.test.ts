import { afterEach, describe, expect, it, vi } from 'vitest';
import { defaultPolicy } from '../../lambda/core/policy.ts';
import { bundledPolicy } from '../../lambda/handlers/bundled-policy.ts';

afterEach(() => vi.unstubAllGlobals());

describe('the policy of a function', () => {
  it('is the default one when none was bundled', () => {
    expect(bundledPolicy()).toEqual(defaultPolicy);
  });

  it('is the bundled one, with defaults for what it leaves out', () => {
    vi.stubGlobal('LAUNCHTRAIL_POLICY', { timeWindow: '12h' });
    expect(bundledPolicy()).toEqual({ ...defaultPolicy, timeWindow: 12 * 3_600_000 });
  });

  it('stops the start when it is wrong', () => {
    vi.stubGlobal('LAUNCHTRAIL_POLICY', { timeWindow: 'soon' });
    expect(() => bundledPolicy()).toThrow(/duration/);
  });
});
