/** Runs the HTML converter in a thread with a deadline and a memory limit. */

import { Worker } from 'node:worker_threads';
import { deferred } from '../../platform/deferred.ts';

export type Converted = { readonly markdown: string } | { readonly status: 500 | 504; readonly message: string };

const MEMORY_MB = 512;
const file = import.meta.url.endsWith('.ts') ? './html.worker.ts' : './html.worker.js';

export async function convertPage(html: string, base: string, deadline: number): Promise<Converted> {
  const { promise, resolve } = deferred<Converted>();
  const worker = new Worker(new URL(file, import.meta.url), {
    workerData: { html, base },
    resourceLimits: { maxOldGenerationSizeMb: MEMORY_MB },
  });
  const late = setTimeout(() => {
    resolve({ status: 504, message: `The page could not be turned into Markdown within ${deadline / 1000} s.` });
  }, deadline);
  worker.on('message', (markdown: string) => resolve({ markdown }));
  worker.on('error', error =>
    resolve({ status: 500, message: `The page could not be turned into Markdown: ${error.message}.` }),
  );
  worker.on('exit', () => resolve({ status: 500, message: 'The page could not be turned into Markdown.' }));
  try {
    return await promise;
  } finally {
    clearTimeout(late);
    await worker.terminate();
  }
}
