import { afterAll, beforeAll, expect, it } from 'vitest';
import { deploy } from './deploy.ts';
import { type Moto, startMoto, withEnv } from './moto.ts';
import { synth } from './synth.ts';

let moto: Moto;
beforeAll(async () => { moto = await startMoto(); withEnv(moto.env); });
afterAll(() => moto.stop());
it('deploys', async () => {
  const s = synth({ response: 'tag' });
  const d = await deploy(s);
  console.log(d, d.physical('IngestQueue'));
});
