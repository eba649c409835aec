/** Opens a storage folder as a fresh process does and prints how long it took and what it holds. */
import { openBench } from './databases.ts';

const started = performance.now();
const store = await openBench(process.argv[2] ?? '', { closeBytes: Number.POSITIVE_INFINITY });
const ms = performance.now() - started;
const rows = store.database.get('SELECT count(*) AS count FROM log_row')?.count;
const { memory } = store.database.sizes();
process.stdout.write(`${JSON.stringify({ ms, rows, database: memory, rss: process.memoryUsage().rss })}\n`);
await store.close();
