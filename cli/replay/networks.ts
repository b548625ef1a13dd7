import { bundledCountryDatabase, mmdbNetworks } from '../../adapters/mmdb/networks.ts';
import type { NetworkLookup } from '../../app/ports.ts';

/** Files that say where an address is. */
interface NetworkOptions {
  readonly asnDatabase?: string;
  readonly countryDatabase?: string;
}

/**
 * Databases for countries and autonomous systems; `none` and absence leave the signals that need them silent.
 *
 * @throws Error that names the file, before a long run rather than in the middle of it
 */
export async function openNetworks({
  asnDatabase,
  countryDatabase = bundledCountryDatabase(),
}: NetworkOptions): Promise<NetworkLookup> {
  const networks = mmdbNetworks({
    ...(countryDatabase !== undefined && countryDatabase !== 'none' && { country: countryDatabase }),
    ...(asnDatabase !== undefined && asnDatabase !== 'none' && { asn: asnDatabase }),
  });
  networks('192.0.2.1'); // the first look reads the files
  return networks;
}
