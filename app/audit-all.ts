import type { Audited } from './audit-access.ts';
import type { Beat } from './heartbeat.ts';
import type { Target } from './reconcile.ts';

/** What came of one account: an audit, or why there was none. */
export type AccountAudited = { readonly account: string } & (
  | { readonly audited: Audited }
  | { readonly error: string }
);

/** Each account that was ever heard once, and Launchtrail's own, in the Region of the partition where IAM's records are. */
export const accountsOf = (heard: readonly Beat[], own: string, here: string): Target[] =>
  [...new Set([own, ...heard.map(({ account }) => account)])].map((account) => ({
    account,
    region: homeOf(here),
  }));

const homeOf = (region: string): string => {
  if (region.startsWith('us-gov-')) return 'us-gov-west-1';
  return region.startsWith('cn-') ? 'cn-north-1' : 'us-east-1';
};

/** Audits accounts one after another. One that fails holds up no other; those without time come first the next time they are due. */
export async function auditAll(
  targets: readonly Target[],
  audit: (target: Target) => Promise<Audited>,
  isLate: () => boolean,
): Promise<AccountAudited[]> {
  const results: AccountAudited[] = [];
  for (const target of targets) {
    if (isLate()) break;
    const { account } = target;
    try {
      results.push({ account, audited: await audit(target) });
    } catch (error) {
      results.push({ account, error: String(error) });
    }
  }
  return results;
}
