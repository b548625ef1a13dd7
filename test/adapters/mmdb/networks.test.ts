import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { bundledCountryDatabase, mmdbNetworks } from '../../../adapters/mmdb/networks.ts';
import { tinyMmdb } from './tiny-mmdb.ts';

let folder: string;
const file = (name: string, content: Buffer | string): string => {
  const path = join(folder, name);
  writeFileSync(path, content);
  return path;
};

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'launchtrail-'));
});
afterAll(() => rmSync(folder, { recursive: true }));

describe('networks from MMDB files', () => {
  it('come with the country, the number and the holder that two files know', () => {
    const lookup = mmdbNetworks({
      country: file('country.mmdb', tinyMmdb({ '198.51.100.0/24': { country: { iso_code: 'DE' } } })),
      asn: file(
        'asn.mmdb',
        tinyMmdb({
          '198.51.100.0/24': {
            autonomous_system_number: 64500,
            autonomous_system_organization: 'Example Net',
          },
          '203.0.113.0/25': { autonomous_system_number: 64501, autonomous_system_organization: '' },
        }),
      ),
    });
    expect(lookup('198.51.100.9')).toEqual({ asn: 64500, holder: 'Example Net', country: 'DE' });
    expect(lookup('203.0.113.9')).toEqual({ asn: 64501 });
    expect(lookup('203.0.113.200')).toBeUndefined();
    expect(lookup('2001:db8::1')).toBeUndefined();
  });

  it('read a flat country code as well, and take no country for one that is none', () => {
    const lookup = mmdbNetworks({
      country: file(
        'flat.mmdb',
        tinyMmdb({
          '192.0.2.0/24': { country_code: 'FR' },
          '198.51.100.0/24': { country_code: 'None' },
          '203.0.113.0/24': { country_code: 'ZZ' },
        }),
      ),
    });
    expect(lookup('192.0.2.1')).toEqual({ country: 'FR' });
    expect(lookup('198.51.100.1')).toBeUndefined();
    expect(lookup('203.0.113.1')).toBeUndefined();
  });

  it('are unknown without a file, and for what is not an address', () => {
    expect(mmdbNetworks({})('192.0.2.1')).toBeUndefined();
    const lookup = mmdbNetworks({
      country: file('any.mmdb', tinyMmdb({ '192.0.2.0/24': { country_code: 'FR' } })),
    });
    for (const text of ['ec2.amazonaws.com', 'AWS Internal', '', '192.0.2', '192.0.2.1/24']) {
      expect(lookup(text)).toBeUndefined();
    }
  });

  it('are the same when asked for again, beyond what is remembered too', () => {
    const lookup = mmdbNetworks({
      country: file('again.mmdb', tinyMmdb({ '192.0.2.0/24': { country_code: 'FR' } })),
    });
    for (let round = 0; round < 2; round += 1) {
      for (let host = 0; host < 12_000; host += 1) lookup(`10.0.${host >> 8}.${host & 255}`);
      expect(lookup('192.0.2.7')).toEqual({ country: 'FR' });
      expect(lookup('10.0.0.1')).toBeUndefined();
    }
  });

  it('name the file that is missing or no database, when first asked', () => {
    const missing = mmdbNetworks({ asn: join(folder, 'missing.mmdb') });
    expect(() => missing('192.0.2.1')).toThrow(/ASN database .*missing\.mmdb cannot be read: ENOENT/);
    const text = mmdbNetworks({ country: file('notes.mmdb', 'not a database') });
    expect(() => text('192.0.2.1')).toThrow(/country database .*notes\.mmdb cannot be read/);
  });
});

describe('the bundled country database', () => {
  const lookup = mmdbNetworks({ country: bundledCountryDatabase() ?? 'not installed' });

  it('knows where a public resolver is registered, by either protocol', () => {
    expect(lookup('8.8.8.8')).toEqual({ country: 'US' });
    expect(lookup('2001:4860:4860::8888')).toEqual({ country: 'US' });
  });

  it.each(['198.51.100.7', '10.1.2.3', '127.0.0.1', 'fd00::1'])('knows nothing of %s', (ip) => {
    expect(lookup(ip)).toBeUndefined();
  });
});
