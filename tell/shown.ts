import { clean } from '../core/activity/clean.ts';

/** What a mail client, a chat or a terminal makes a link of. */
const URL = /\b(?:https?|ftp):\/\/[^\s/?#"'<>]*/gi;
const BARE_HOST = /\bwww\.[\w.-]+/gi;

const withoutDots = (host: string): string => host.replaceAll('.', '[.]');

/** Text whose addresses of the web can be read and not clicked: `hxxps://evil[.]example/x`. Twice is as good as once. */
const inert = (text: string): string =>
  text
    .replace(URL, (found) => withoutDots(found.replace(/^http/i, 'hxxp').replace(/^ftp/i, 'fxp')))
    .replace(BARE_HOST, withoutDots);

/** Text of a record as people are shown it: cleaned, cut to `max` characters, and without a live link. */
export const shown = (text: unknown, max: number): string => inert(clean(text, max));

/** https://docs.aws.amazon.com/organizations/latest/APIReference/API_Account.html gives the length of a name. */
export const MAX_ACCOUNT_NAME = 50;

/** A Region in a sentence; empty where no record says which. */
export const regionShown = (region: string): string => (region === 'unknown' ? '' : shown(region, 25));

/** An account by what tells it apart: all of AWS's number, of longer ids enough. */
export const accountShown = (account: string): string =>
  shown(/^[0-9a-f]{8}-/.test(account) ? account.slice(0, 8) : account, 30);
