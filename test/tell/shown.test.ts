import { describe, expect, it } from 'vitest';
import { defaultPolicy as policy } from '../../core/policy/policy.ts';
import { alertText } from '../../tell/message.ts';
import { shown } from '../../tell/shown.ts';
import { aLaunch, anActivity, anActor } from '../builders.ts';
import { aFinding, assessed, evidence } from '../findings.ts';

describe('an address of the web in the text of a record', () => {
  it.each([
    ['https://evil.example/x?y=1.5', 'hxxps://evil[.]example/x?y=1.5'],
    ['HTTP://198.51.100.7:8080/a', 'hxxp://198[.]51[.]100[.]7:8080/a'],
    ['see ftp://a.b and www.evil.example now', 'see fxp://a[.]b and www[.]evil[.]example now'],
    ['hxxps://evil[.]example', 'hxxps://evil[.]example'],
    ['alice@example.com from 198.51.100.7', 'alice@example.com from 198.51.100.7'],
    ['s3://bucket.example/key', 's3://bucket.example/key'],
  ])('%s is shown as %s', (text, expected) => {
    expect(shown(text, 200)).toBe(expected);
  });

  it('is dead wherever a message repeats it', () => {
    const url = 'https://evil.example/login';
    const { subject, body } = alertText(
      aFinding([
        assessed(
          anActivity({
            actor: anActor({ label: `role/${url}`, arn: url, key: url }),
            launch: aLaunch({ keyName: url, images: [url], profile: url }),
            error: url,
            detail: url,
            region: url,
          }),
          [evidence('first-launch', `${url} had launched nothing`)],
        ),
      ]),
      policy,
    );
    expect(`${subject}\n${body}`).not.toMatch(/https?:\/\/|evil\.example/);
    expect(body).toContain('hxxps://evil[.]example');
  });
});
