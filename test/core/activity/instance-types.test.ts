import { describe, expect, it } from 'vitest';
import { instanceFamily, isAccelerated, isVeryLarge, sizeOf } from '../../../core/activity/instance-types.ts';

describe('instance types', () => {
  it('belong to the family before the dot, or are one of their own', () => {
    expect(instanceFamily('p5.48xlarge')).toBe('p5');
    expect(instanceFamily('nano_2_0')).toBe('nano_2_0');
    expect(instanceFamily('')).toBe('');
  });

  it.each([
    'p2.xlarge',
    'p5en.48xlarge',
    'p6-b200.48xlarge',
    'g4dn.xlarge',
    'g5g.metal',
    'g6e.12xlarge',
    'gr6.4xlarge',
    'inf2.xlarge',
    'trn1n.32xlarge',
    'f2.6xlarge',
    'vt1.3xlarge',
    'dl1.24xlarge',
  ])('%s is accelerated', (type) => {
    expect(isAccelerated(type)).toBe(true);
  });

  it.each([
    'm7g.large',
    't3.micro',
    'c7gn.xlarge',
    'i4g.large',
    'is4gen.large',
    'r7iz.metal-32xl',
    'u7i-12tb.224xlarge',
    'x2idn.metal',
    'mac2.metal',
    'hpc7g.16xlarge',
    'd3.xlarge',
    '',
  ])('%s is not accelerated', (type) => {
    expect(isAccelerated(type)).toBe(false);
  });

  it.each([
    ['m7g.nano', 0.5],
    ['m7g.large', 0.5],
    ['m7g.xlarge', 1],
    ['m7g.16xlarge', 16],
    ['c7i.metal-24xl', 24],
    ['c7i.metal-48xl', 48],
    ['m5.metal', 24],
    ['u-6tb1.112xlarge', 112],
    ['odd', 0.5],
  ])('%s measures %d times xlarge', (type, size) => {
    expect(sizeOf(type)).toBe(size);
  });

  it('are very large from a whole host of 96 vCPUs', () => {
    expect(isVeryLarge('m7i.16xlarge')).toBe(false);
    expect(isVeryLarge('m7i.24xlarge')).toBe(true);
    expect(isVeryLarge('i3.metal')).toBe(true);
  });
});
