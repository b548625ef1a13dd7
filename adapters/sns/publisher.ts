import { type MessageAttributeValue, PublishCommand, type SNSClient } from '@aws-sdk/client-sns';
import type { Publisher } from '../../app/ports.ts';
import { clean } from '../../core/activity/clean.ts';
import { subjectLine } from '../../tell/subject.ts';

/** Largest message SNS takes by default, body and attributes together, bytes. */
const MAX_BYTES = 262_144;
/** SNS allows longer values; a filter never needs them. */
const MAX_ATTRIBUTE = 2_000;

/** A value that is a JSON array of strings becomes SNS's own array type, so that filters match any element. */
function attributeOf(value: string): MessageAttributeValue | undefined {
  const list = stringsIn(value);
  if (list !== undefined) {
    const cleaned = list.map((item) => clean(item, 256)).filter((item) => item !== '');
    return cleaned.length === 0
      ? undefined
      : { DataType: 'String.Array', StringValue: JSON.stringify(cleaned) };
  }
  const text = clean(value, MAX_ATTRIBUTE);
  return text === '' ? undefined : { DataType: 'String', StringValue: text };
}

function stringsIn(value: string): string[] | undefined {
  if (!value.startsWith('[')) return undefined;
  try {
    const parsed: unknown = JSON.parse(value);
    return Array.isArray(parsed) && parsed.every((item) => typeof item === 'string') ? parsed : undefined;
  } catch {
    return undefined;
  }
}

const bytes = (text: string): number => Buffer.byteLength(text, 'utf8');

/** Publishes to one SNS topic; what SNS refuses is thrown, so that the caller tries again. */
export function snsPublisher(client: SNSClient, topicArn: string): Publisher {
  return {
    async publish({ subject, body, attributes }) {
      const MessageAttributes: Record<string, MessageAttributeValue> = {};
      let size = bytes(body);
      for (const [name, value] of Object.entries(attributes)) {
        const attribute = attributeOf(value);
        if (attribute === undefined) continue;
        MessageAttributes[name] = attribute;
        size += bytes(name) + bytes(attribute.DataType ?? '') + bytes(attribute.StringValue ?? '');
      }
      if (size > MAX_BYTES) {
        throw new Error(`message of ${size} bytes for ${topicArn}: SNS takes ${MAX_BYTES}; shorten the body`);
      }
      const Subject = subjectLine(subject);
      await client.send(
        new PublishCommand({
          TopicArn: topicArn,
          Message: body,
          MessageAttributes,
          ...(Subject !== '' && { Subject }),
        }),
      );
    },
  };
}
