import { deliveredEvent } from './event-bridge.ts';
import { lists } from './lists.ts';
import { snsAndSqs } from './sns-sqs.ts';
import type { Wrapping } from './wrapping.ts';

/** What the deployed detector is sent, by EventBridge through SQS and SNS; a file of its own to keep its bundle small. */
export const DELIVERED: readonly Wrapping[] = [lists, deliveredEvent, snsAndSqs];
