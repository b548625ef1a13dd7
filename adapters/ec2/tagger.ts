import { CreateTagsCommand, type EC2Client } from '@aws-sdk/client-ec2';
import type { Tagger, TagResult } from '../../app/ports.ts';

/** Error codes of CreateTags that are answers rather than faults. */
const ANSWERS: Readonly<Record<string, TagResult>> = {
  'InvalidInstanceID.NotFound': 'unknown',
  UnauthorizedOperation: 'denied',
};

/** Tags instances through EC2, one client per Region; writing a tag again changes nothing. */
export function ec2Tagger(clientFor: (region: string) => EC2Client): Tagger {
  return {
    async tag(region, instances, tags) {
      try {
        await clientFor(region).send(
          new CreateTagsCommand({
            Resources: [...instances],
            Tags: Object.entries(tags).map(([Key, Value]) => ({ Key, Value })),
          }),
        );
        return 'tagged';
      } catch (error) {
        const answer = error instanceof Error ? ANSWERS[error.name] : undefined;
        if (answer === undefined) throw error;
        return answer;
      }
    },
  };
}
