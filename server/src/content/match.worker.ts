/** Runs matchers where a pathological pattern can be stopped (RES-42). */
import { parentPort } from 'node:worker_threads';
import type { MatchResult } from './contract.ts';
import type { Dialect } from './dialects/dialect.ts';
import { DIALECTS } from './dialects/dialects.ts';
import { compileRegex } from './dialects/regex-dialect.ts';
import { FileReader } from './file-reader.ts';
import { IndexShare } from './index-share.ts';
import type { MatchAnswer, MatchItem, MatchJob } from './match-messages.ts';

const files = new FileReader();

/** null: no text (binary, or gone since it was listed), or none that holds `needle`. */
function textOf(item: MatchItem, needle: string | null = null): string | null {
  if (item.text !== undefined) return item.text;
  return item.file === undefined ? null : files.read(item.file, needle);
}

async function matchTexts(job: Extract<MatchJob, { kind: 'texts' }>): Promise<MatchAnswer> {
  const dialect: Dialect = DIALECTS[job.matcher.dialect];
  if (dialect.kind !== 'text') {
    const reason = `The ${job.matcher.dialect} dialect is not available here.`;
    return { id: job.id, kind: 'refused', status: 415, reason };
  }
  const compiled = dialect.compile(job.matcher);
  if (!compiled.ok) return { id: job.id, kind: 'refused', status: 400, reason: compiled.reason };
  const needle = dialect.needle?.(job.matcher) ?? null;
  const results: (MatchResult | null)[] = [];
  for (const item of job.items) {
    const text = textOf(item, needle);
    const result =
      text === null ? null : await compiled.run({ path: item.path, mimetype: item.mimetype, key: item.key, text });
    results.push(result === null || result.status === 204 ? null : result);
  }
  return { id: job.id, kind: 'texts', results };
}

function matchPaths(job: Extract<MatchJob, { kind: 'paths' }>): MatchAnswer {
  try {
    const regex = compileRegex(job.pattern, job.flags);
    const paths = job.paths.filter(path => {
      regex.lastIndex = 0;
      return regex.test(path);
    });
    return { id: job.id, kind: 'paths', paths };
  } catch (error) {
    return { id: job.id, kind: 'refused', status: 400, reason: error instanceof Error ? error.message : String(error) };
  }
}

const share = new IndexShare(textOf);

async function answer(job: MatchJob): Promise<void> {
  if (job.kind === 'texts') parentPort?.postMessage(await matchTexts(job));
  else if (job.kind === 'paths') parentPort?.postMessage(matchPaths(job));
  else parentPort?.postMessage(await share.answer(job));
}

parentPort?.on('message', (job: MatchJob) => void answer(job));
