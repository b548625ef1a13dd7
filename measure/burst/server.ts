import { startDynalite } from '../../test/dynalite.ts';

/** DynamoDB in a process of its own, so that its work and the workers' share no core; tells its address, then its calls when asked. */
const dynamo = await startDynalite();
const tables = [await dynamo.makeTable(), await dynamo.makeTable()];
process.on('message', () => process.send?.({ calls: dynamo.calls() }));
process.on('disconnect', () => process.exit());
process.send?.({ endpoint: dynamo.endpoint, tables });
