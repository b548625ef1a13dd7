import { fromColumns } from '../columns.ts';
import { type Actor, BLOCK, type Details, type Entry, type Summary } from '../model.ts';

/** Reads a block of data out of the page; undefined where there is none of that name. */
async function block(name: string): Promise<unknown> {
  const element = document.getElementById(`data-${name}`);
  if (element === null) return undefined;
  const text = element.textContent ?? '';
  if (element.getAttribute('type') === 'application/json') return fromColumns(JSON.parse(text));
  const bytes = Uint8Array.from(atob(text), (letter) => letter.charCodeAt(0));
  const inflated = new Blob([bytes]).stream().pipeThrough(new DecompressionStream('gzip'));
  return fromColumns(JSON.parse(await new Response(inflated).text()));
}

export const readSummary = async (): Promise<Summary> => (await block('summary')) as Summary;
export const readEntries = async (): Promise<readonly Entry[]> => (await block('entries')) as Entry[];

let actors: Promise<readonly Actor[]> | undefined;
export function readActors(): Promise<readonly Actor[]> {
  actors ??= block('actors').then((all) => (all ?? []) as readonly Actor[]);
  return actors;
}

const blocks = new Map<number, Promise<readonly Details[]>>();
/** Inflates the block that a finding stands in, once. */
export async function readDetails(index: number): Promise<Details | undefined> {
  const number = Math.floor(index / BLOCK);
  const read =
    blocks.get(number) ?? block(`details-${number}`).then((all) => (all ?? []) as readonly Details[]);
  blocks.set(number, read);
  return (await read)[index % BLOCK];
}
