import { cacheOf } from '../stored/cache.ts';
import type { DynamoOptions, Item, Key } from './calls.ts';

/** Keys that are kept in mind; what is forgotten is found to be unreadable once more when it is read. */
const MOST = 10_000;

/**
 * Reads items of which a later version may have written some: an upgrade goes function by function, and may be taken back. What
 * cannot be read is passed over and told, and does not fail whoever came across it.
 */
export function readableItems(onUnreadable: DynamoOptions['onUnreadable'] = () => undefined): {
  readonly read: <T>(item: Item, as: (item: Item) => T) => T | undefined;
  /** The version of an item that could not be read when it was last come across. */
  readonly unread: (key: Key) => number | undefined;
} {
  const unread = cacheOf<number>(MOST);
  const nameOf = ({ pk, sk }: Item): string => `${pk} ${sk}`;
  return {
    read(item, as) {
      try {
        return as(item);
      } catch (error) {
        unread.keep(nameOf(item), typeof item.v === 'number' ? item.v : 0);
        onUnreadable(error instanceof Error ? error.message : String(error));
        return undefined;
      }
    },
    unread: (key) => unread.get(nameOf(key)),
  };
}
