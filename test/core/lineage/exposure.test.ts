import { describe, expect, it } from 'vitest';
import type { IngressRule } from '../../../core/activity/activity.ts';
import { isWorldOpen } from '../../../core/activity/world-open.ts';
import { coversSensitivePort, ruleText } from '../../../core/lineage/exposure.ts';
import { activityOf } from '../records/cloudtrail-record.ts';

const rule = (overrides: Partial<IngressRule> = {}): IngressRule => ({
  group: 'sg-1',
  protocol: 'tcp',
  source: '0.0.0.0/0',
  ...overrides,
});
const ports = (fromPort: number, toPort: number) => rule({ fromPort, toPort });

describe('whether a rule lets the world in', () => {
  it.each([
    '0.0.0.0/0',
    '::/0',
    '0:0:0:0:0:0:0:0/0',
    '208.236.235.254/0',
    '2001:db8::1/0',
    '0.0.0.0/1',
    '128.0.0.0/1',
  ])('%s does', (source) => {
    expect(isWorldOpen(rule({ source }))).toBe(true);
  });

  it.each([
    '198.51.100.0/24',
    '10.0.0.0/8',
    'fc00::/7',
    '203.0.113.7/32',
    '2001:db8::/32',
    'sg-2',
    'pl-1',
    '',
    '0.0.0.0',
    '0.0.0.0/',
    '/0x0',
  ])('“%s” does not', (source) => {
    expect(isWorldOpen(rule({ source }))).toBe(false);
  });
});

describe('whether a rule covers a port by which one enters', () => {
  it.each([
    ['the port itself', ports(22, 22)],
    ['every port as a range', ports(0, 65_535)],
    ['a range around one', ports(3300, 3310)],
    ['a range that ends at one', ports(1, 22)],
    ['protocol -1, whatever the ports', rule({ protocol: '-1', fromPort: 80, toPort: 80 })],
    ['no ports, which means all', rule()],
  ])('%s', (_, each) => {
    expect(coversSensitivePort(each)).toBe(true);
  });

  it.each([
    ['a web port', ports(443, 443)],
    ['a range between two', ports(23, 1000)],
  ])('not: %s', (_, each) => {
    expect(coversSensitivePort(each)).toBe(false);
  });
});

/** Elastic's rule for 0.0.0.0/0 by the words of the research: what it looks for, and what it therefore misses. */
describe('inbound rules of real records that other rules miss', () => {
  const opens = (requestParameters: unknown, eventName = 'AuthorizeSecurityGroupIngress') => {
    const { ingress = [], kind } = activityOf({ eventName, requestParameters });
    expect(kind).toBe('ingress.open');
    return ingress.some((each) => isWorldOpen(each) && coversSensitivePort(each));
  };
  const nested = (permission: object) => ({ groupId: 'sg-1', ipPermissions: { items: [permission] } });

  it('the flat form, with empty ipPermissions', () => {
    expect(
      opens({
        groupId: 'sg-1',
        cidrIp: '0.0.0.0/0',
        ipProtocol: 'tcp',
        fromPort: 22,
        toPort: 22,
        ipPermissions: {},
      }),
    ).toBe(true);
  });

  it('IPv6, which stands under ipv6Ranges and cidrIpv6', () => {
    expect(
      opens(
        nested({
          ipProtocol: 'tcp',
          fromPort: 22,
          toPort: 22,
          ipv6Ranges: { items: [{ cidrIpv6: '::/0' }] },
        }),
      ),
    ).toBe(true);
  });

  it('a range of ports that only covers the sensitive one', () => {
    expect(
      opens(
        nested({
          ipProtocol: 'tcp',
          fromPort: 0,
          toPort: 65_535,
          ipRanges: { items: [{ cidrIp: '0.0.0.0/0' }] },
        }),
      ),
    ).toBe(true);
  });

  it('protocol -1, which names no port', () => {
    expect(opens(nested({ ipProtocol: '-1', ipRanges: { items: [{ cidrIp: '0.0.0.0/0' }] } }))).toBe(true);
  });

  it('an address written out and masked to nothing', () => {
    expect(
      opens(
        nested({
          ipProtocol: 'tcp',
          fromPort: 22,
          toPort: 22,
          ipRanges: { items: [{ cidrIp: '208.236.235.254/0' }] },
        }),
      ),
    ).toBe(true);
  });

  it('a rule rewritten by ModifySecurityGroupRules', () => {
    expect(
      opens(
        {
          ModifySecurityGroupRulesRequest: {
            GroupId: 'sg-1',
            SecurityGroupRule: {
              SecurityGroupRuleId: 'sgr-1',
              SecurityGroupRule: { IpProtocol: 'tcp', FromPort: 22, ToPort: 22, CidrIpv4: '0.0.0.0/0' },
            },
          },
        },
        'ModifySecurityGroupRules',
      ),
    ).toBe(true);
  });

  it('but not one network, in any form', () => {
    expect(opens({ groupId: 'sg-1', cidrIp: '198.51.100.0/24', ipProtocol: '-1' })).toBe(false);
  });
});

describe('the words for a rule', () => {
  it.each([
    [ports(22, 22), 'tcp 22 from 0.0.0.0/0'],
    [rule({ fromPort: 22 }), 'tcp 22 from 0.0.0.0/0'],
    [ports(0, 65_535), 'tcp 0-65535 from 0.0.0.0/0'],
    [rule({ protocol: 'udp' }), 'udp all ports from 0.0.0.0/0'],
    [rule({ protocol: '-1', source: '::/0' }), 'everything from ::/0'],
  ])('%j', (each, words) => {
    expect(ruleText(each)).toBe(words);
  });
});
