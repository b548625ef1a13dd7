import type { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import type { NoteStore } from '../../app/ports.ts';
import { type DynamoOptions, dynamoTable } from './calls.ts';
import { noteItem, noteKey, noteOf } from './items.ts';

/** What has been told of a finding. */
export const TOLD = { letter: 'T', sk: 'told' } as const;
/** What has been written on its instances, or would have been. */
export const tagged = (mode: string) => ({ letter: 'I', sk: mode }) as const;

/** Notes of one sort in the table of the verdicts; needs BatchGetItem and PutItem on it. */
export function dynamoNotes<T extends object>(
  client: DynamoDBDocumentClient,
  tableName: string,
  sort: { readonly letter: string; readonly sk: string },
  options?: DynamoOptions,
): NoteStore<T> {
  const table = dynamoTable(client, tableName, options);
  return {
    async read(ids) {
      const notes = (await table.getAll(ids.map((id) => noteKey(sort, id)))).map(noteOf);
      return new Map(notes.map(({ id, value, version }) => [id, { value: value as T, version }]));
    },
    write: (id, note, expected) =>
      table.putVersion(noteItem(noteKey(sort, id), id, note, expected + 1), expected),
  };
}
