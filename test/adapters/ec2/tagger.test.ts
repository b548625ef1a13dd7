import { EC2Client } from '@aws-sdk/client-ec2';
import { describe, expect, it } from 'vitest';
import { ec2Tagger } from '../../../adapters/ec2/tagger.ts';
import { instanceId } from '../../findings.ts';
import { awsEndpoint } from '../http-server.ts';

const DONE = {
  status: 200,
  body: '<CreateTagsResponse xmlns="http://ec2.amazonaws.com/doc/2016-11-15/"><requestId>1</requestId><return>true</return></CreateTagsResponse>',
};
const refused = (code: string, status = 400) => ({
  status,
  body: `<Response><Errors><Error><Code>${code}</Code><Message>it is so</Message></Error></Errors><RequestID>1</RequestID></Response>`,
});
const TAGS = { 'launchtrail:finding': 'lt-1', 'launchtrail:severity': 'high' };

describe('tagging through EC2', () => {
  it('names the instances and the tags, in the Region asked for', async () => {
    await using ec2 = await awsEndpoint(() => DONE);
    const regions: string[] = [];
    const tagger = ec2Tagger((region) => {
      regions.push(region);
      return new EC2Client({ ...ec2.config, region });
    });
    expect(await tagger.tag('eu-central-1', [instanceId(1), instanceId(2)], TAGS)).toBe('tagged');
    expect(regions).toEqual(['eu-central-1']);
    expect(ec2.seen[0]?.form).toMatchObject({
      Action: 'CreateTags',
      'ResourceId.1': instanceId(1),
      'ResourceId.2': instanceId(2),
      'Tag.1.Key': 'launchtrail:finding',
      'Tag.1.Value': 'lt-1',
      'Tag.2.Key': 'launchtrail:severity',
      'Tag.2.Value': 'high',
    });
  });

  it.each([
    ['InvalidInstanceID.NotFound', 'unknown'],
    ['UnauthorizedOperation', 'denied'],
  ])('takes %s for the answer %s', async (code, answer) => {
    await using ec2 = await awsEndpoint(() => refused(code));
    const tagger = ec2Tagger(() => new EC2Client(ec2.config));
    expect(await tagger.tag('eu-west-1', [instanceId(1)], TAGS)).toBe(answer);
  });

  it.each([
    ['RequestLimitExceeded', 503],
    ['TagLimitExceeded', 400],
    ['InternalError', 500],
  ])('throws %s', async (code, status) => {
    await using ec2 = await awsEndpoint(() => refused(code, status));
    const tagger = ec2Tagger(() => new EC2Client(ec2.config));
    await expect(tagger.tag('eu-west-1', [instanceId(1)], TAGS)).rejects.toThrow('it is so');
  });
});
