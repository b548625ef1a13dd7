import { readFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { main } from 'assemblyscript/asc';
import { describe, expect, it } from 'vitest';
import packageJson from '../../../package.json' with { type: 'json' };

const ROOT = resolve(import.meta.dirname, '../../..');

describe('skim.wasm', () => {
  it('is what `npm run build:wasm` makes of its source', async () => {
    const [, ...args] = packageJson.scripts['build:wasm'].split(' ');
    let made: Uint8Array | undefined;
    const { error } = await main([...args, '--baseDir', ROOT], {
      writeFile: (_, contents) => {
        if (contents instanceof Uint8Array) made = contents;
      },
    });
    expect(error).toBeNull();
    expect(Buffer.from(made ?? [])).toEqual(await readFile(resolve(ROOT, 'cli/input/wasm/skim.wasm')));
  });
});
