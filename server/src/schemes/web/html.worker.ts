/** Converts pages where a hostile one can be stopped (RL-13). */
import { parentPort, workerData } from 'node:worker_threads';
import { htmlToMarkdown } from './html-to-markdown.ts';

const { html, base }: { html: string; base: string } = workerData;
parentPort?.postMessage(htmlToMarkdown(html, base));
