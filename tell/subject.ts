import { clean } from '../core/activity/clean.ts';
import type { FindingRecord } from '../core/findings/finding.ts';
import { nameIn } from './headline.ts';
import { accountShown, MAX_ACCOUNT_NAME, regionShown, shown } from './shown.ts';
import { stateOf } from './triage.ts';

/** SNS refuses subjects of 100 characters and more. */
export const MAX_SUBJECT = 99;

/**
 * Subject line for a finding: severity, or that it is closed, who, did what, where; at most 99 characters. Ids are cut to what tells
 * them apart; what does not fit costs the domain of a person's name and the Region first, then the end of the deed,
 * so that the account stays. The account's name is there where all else fits.
 */
export function subjectOf(record: FindingRecord, title: string, accountName?: string): string {
  const main = record.members[0]?.activity;
  const short = copiedInShort(title).replaceAll(LONG_ID, '$1..');
  const region =
    main === undefined || short.includes(main.region) ? [] : [regionShown(main.region)].filter(Boolean);
  const head = `[${stateOf(record)}] ${main === undefined || short.includes(nameIn(main)) ? '' : `${nameIn(main, 40)}: `}`;
  const place = [...region, accountShown(record.account)].join(', ');
  const named = `${head}${short} (${place} ${shown(accountName, MAX_ACCOUNT_NAME)})`;
  if (accountName !== undefined && named.length <= MAX_SUBJECT) return subjectLine(named);
  const tails = [place, accountShown(record.account)].map((where) => subjectLine(`(${where})`));
  const room = (tail: string): number => MAX_SUBJECT - tail.length - 1;
  const line = (text: string): string => subjectLine(head + text, 2 * MAX_SUBJECT);
  const fits = line(short).length <= room(tails[0] ?? '');
  // types in brackets go first: what was done is told without them
  const full = line(fits ? short : short.replace(/ \((?:\d+ (?:x|of) )[^)]*\)/, ''));
  const whole =
    full.length <= room(tails.at(-1) ?? '') ? full : full.replace(/^(\[\w+\] [^\s@]+)@[^\s:]+/, '$1');
  const tail = tails.find((each) => whole.length <= room(each)) ?? tails.at(-1) ?? '';
  return `${subjectLine(whole, room(tail))} ${tail}`;
}

/** The two sentences about copied data, as short as a subject needs: whose, where, and whether it is open. */
const copiedInShort = (title: string): string =>
  title
    .replace(/^Data of (\S+)(?: \(.*?\))?(?: in \S+)? is on ([^\s,]+), .*$/, 'data of $1 on $2, exposed')
    .replace(/^(\S+) got data of ([^\s,]+), copied to .*$/, 'data of $2 on $1');

/** An id of EC2, and the eight digits by which people know it. */
const LONG_ID = /\b((?:i|vol|snap|ami|sg|lt|eni)-[0-9a-f]{8})[0-9a-f]{9}\b/g;

/** The beginning of a line without its last word where that would be cut in two, unless it is a very long one. */
function wholeWords(line: string, most: number): string {
  const part = line.slice(0, most);
  const end = line[most] === ' ' ? -1 : part.lastIndexOf(' ');
  return end > most - 20 ? part.slice(0, end) : part;
}

/**
 * Cleans a subject and cuts it to so many characters. SNS takes ASCII alone and refuses the whole message otherwise: letters
 * lose their marks, and whatever has no ASCII form becomes a question mark.
 */
export function subjectLine(text: string, most = MAX_SUBJECT): string {
  const line = clean(text, 2 * MAX_SUBJECT)
    .replaceAll('×', 'x')
    .normalize('NFKD')
    .replaceAll(/\p{M}/gu, '')
    .replaceAll(/[^ -~]/gu, '?');
  return line.length > most
    ? `${wholeWords(line, most - 3).replace(/(?:[\s,;:(]+|\s(?:and|at|for|from|in|of|on|to|with|within(?: \d+(?: [a-z]*)?)?))+$/, '')}...`
    : line;
}
