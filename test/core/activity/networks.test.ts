import { describe, expect, it } from 'vitest';
import { inNetworks } from '../../../core/activity/networks.ts';

describe('whether an address lies in some networks', () => {
  it.each([
    ['192.0.2.0', ['192.0.2.0/24'], true],
    ['192.0.2.255', ['192.0.2.0/24'], true],
    ['192.0.3.0', ['192.0.2.0/24'], false],
    ['198.51.100.7', ['192.0.2.0/24', '198.51.100.7/32'], true],
    ['198.51.100.8', ['192.0.2.0/24', '198.51.100.7/32'], false],
    ['2001:db8::7', ['2001:db8::/32'], true],
    ['2001:db9::7', ['2001:db8::/32'], false],
    ['::ffff:192.0.2.9', ['192.0.2.0/24'], true],
    ['192.0.2.9', ['0.0.0.0/0'], true],
    ['2001:db8::7', ['0.0.0.0/0'], false],
    ['192.0.2.9', [], false],
    ['192.0.2.9', ['not a network', '192.0.2.0/24'], true],
    ['AWS Internal', ['0.0.0.0/0'], false],
    ['', ['0.0.0.0/0'], false],
  ])('%s in %j: %s', (ip, cidrs, expected) => {
    expect(inNetworks(ip, cidrs)).toBe(expected);
  });
});
