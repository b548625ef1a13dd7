import type { Publisher } from '../../app/ports.ts';

type Message = Parameters<Publisher['publish']>[0];

/** A publisher that keeps what it was given; refuses the first `refusals`. */
export function outbox(refusals = 0): Publisher & { readonly messages: Message[] } {
  const messages: Message[] = [];
  let left = refusals;
  return {
    messages,
    async publish(message) {
      if (left > 0) {
        left -= 1;
        throw new Error('topic is out of reach');
      }
      messages.push(message);
    },
  };
}
