/** Runs matchers where a pathological pattern can be stopped (RES-42). */
import { parentPort } from 'node:worker_threads';
import type { MatchResult } from './contract.ts';
import type { DialectText } from './dialects/dialect.ts';
import { textDialect } from './dialects/dialects.ts';
import { compileRegex } from './dialects/regex-dialect.ts';
import { FileReader } from './file-reader.ts';
import { IndexShare } from './index-share.ts';
import type { MatchAnswer, MatchItem, MatchJob } from './match-messages.ts';
import { pathGlob } from './path-glob.ts';

const files = new FileReader();

/** null: no text (binary, or gone since it was listed). */
function textOf(item: MatchItem): string | null {
  if (item.text !== undefined) return item.text;
  return item.file === undefined ? null : files.read(item.file, null);
}

type Refused = Extract<MatchAnswer, { kind: 'refused' }>;

interface Search {
  readonly kind: 'search';
  readonly needles: readonly string[] | null;
  run(text: DialectText): Promise<MatchResult> | MatchResult;
}

async function prepare(job: Extract<MatchJob, { kind: 'texts' | 'scan' }>): Promise<Search | Refused> {
  const dialect = await textDialect(job.matcher.dialect);
  if (dialect === null) {
    const reason = `The ${job.matcher.dialect} dialect is not available here.`;
    return { id: job.id, kind: 'refused', status: 415, reason };
  }
  const compiled = dialect.compile(job.matcher);
  if (!compiled.ok) return { id: job.id, kind: 'refused', status: 400, reason: compiled.reason };
  return { kind: 'search', needles: dialect.needles?.(job.matcher) ?? null, run: compiled.run };
}

async function matchTexts(job: Extract<MatchJob, { kind: 'texts' }>): Promise<MatchAnswer> {
  const search = await prepare(job);
  if (search.kind === 'refused') return search;
  const results: (MatchResult | null)[] = [];
  for (const item of job.items) {
    const text = textOf(item);
    const result =
      text === null ? null : await search.run({ path: item.path, mimetype: item.mimetype, key: item.key, text });
    results.push(result === null || result.status === 204 ? null : result);
  }
  return { id: job.id, kind: 'texts', results };
}

async function scan(job: Extract<MatchJob, { kind: 'scan' }>): Promise<MatchAnswer> {
  const search = await prepare(job);
  if (search.kind === 'refused') return search;
  const found: [number, MatchResult][] = [];
  const given = new Map(job.texts);
  for (const [at, file] of job.files.split('\0').entries()) {
    const text = file === '' ? (given.get(at) ?? null) : files.read(file, search.needles);
    if (text === null) continue;
    const result = await search.run({ path: '', mimetype: '', key: '', text });
    if (result.status !== 204) found.push([at, result]);
  }
  return { id: job.id, kind: 'scanned', found };
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

function matchGlob({ id, glob, paths }: Extract<MatchJob, { kind: 'glob' }>): MatchAnswer {
  const accepts = pathGlob(glob);
  return { id, kind: 'glob', found: [...paths.keys()].filter(at => accepts(paths[at] ?? '')) };
}

const share = new IndexShare(textOf);

async function answer(job: MatchJob): Promise<void> {
  if (job.kind === 'scan') parentPort?.postMessage(await scan(job));
  else if (job.kind === 'texts') parentPort?.postMessage(await matchTexts(job));
  else if (job.kind === 'paths') parentPort?.postMessage(matchPaths(job));
  else if (job.kind === 'glob') parentPort?.postMessage(matchGlob(job));
  else if (job.kind === 'prepare') parentPort?.postMessage(await share.prepare(job));
  else parentPort?.postMessage(await share.answer(job));
}

parentPort?.on('message', (job: MatchJob) => void answer(job));
