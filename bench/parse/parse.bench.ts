// PF-1: megabytes per second on mixed emissions, beside an ANTLR parser of the same language in the same run, and one
// keystroke in a document of 1 MB. Both parsers work on the same strings in turns; the best and the median of each are
// printed. The generated parser gives a parse tree only; the hand-written one gives the AST with dialects, URLs and JSON.
import assert from 'node:assert/strict';
import { IncrementalParse, PlurnkParser } from '@plurnk/plurnk-grammar';
import { parseWithAntlr } from './antlr.ts';
import { EmissionMaker } from './emissions.ts';

const ROUNDS = 40;
const ANTLR_ROUNDS = 8;
const WARM_UP_ROUNDS = 10;
const MEGABYTE = 1_000_000;
const KEYSTROKES = 60;

const emissions = new EmissionMaker(1).make(MEGABYTE);
const bytes = emissions.reduce((sum, emission) => sum + Buffer.byteLength(emission), 0);

compareResults();
const hand = measure(WARM_UP_ROUNDS, ROUNDS, parseAll);
const generated = measure(1, ANTLR_ROUNDS, parseAllWithAntlr);
printSpeed('hand-written parser, 1 MB of mixed emissions', hand, '>= 100');
printSpeed('antlr4ng parser, the same emissions', generated);
print('hand-written to antlr4ng, processor time of median rounds', generated.cpu / hand.cpu, 'times as fast');
const text = emissions.join('\n');
printTime(
  'parsed again whole',
  keystrokes(next => PlurnkParser.parseStatements(next)),
);
const document = new IncrementalParse(text, 'statements');
const incremental = keystrokes((_next, at, key) => {
  document.edit({ start: at, end: at, text: key });
  return document.result;
});
printTime('parsed incrementally', incremental);

/** Both parsers must find the same statements, or the comparison says nothing. */
function compareResults(): void {
  for (const emission of emissions) {
    const { items } = PlurnkParser.parse(emission);
    assert.ok(
      items.every(item => item.kind !== 'error'),
      emission,
    );
    const statements = items.filter(item => item.kind === 'statement').length;
    assert.deepEqual(parseWithAntlr(emission), { statements, errors: 0 }, emission);
  }
}

function parseAll(): void {
  for (const emission of emissions) PlurnkParser.parse(emission);
}

function parseAllWithAntlr(): void {
  for (const emission of emissions) parseWithAntlr(emission);
}

/** Milliseconds: of the clock (best, median, 95th percentile) and of this thread's processor time (median). */
interface Times {
  readonly best: number;
  readonly median: number;
  readonly late: number;
  readonly cpu: number;
}

function measure(warmUp: number, rounds: number, work: () => void): Times {
  for (let index = 0; index < warmUp; index++) work();
  return summarize(Array.from({ length: rounds }, () => timeOf(work)));
}

/** Types into the document at places all over it. */
function keystrokes(parse: (next: string, at: number, key: string) => unknown): Times {
  let next = text;
  const times: { wall: number; cpu: number }[] = [];
  for (let stroke = 0; stroke < KEYSTROKES; stroke++) {
    const at = Math.floor((next.length * ((stroke * 7) % KEYSTROKES)) / KEYSTROKES);
    const key = 'x<:\n'.charAt(stroke % 4);
    next = `${next.slice(0, at)}${key}${next.slice(at)}`;
    times.push(timeOf(() => parse(next, at, key)));
  }
  return summarize(times);
}

function timeOf(work: () => unknown): { wall: number; cpu: number } {
  const before = process.threadCpuUsage();
  const start = performance.now();
  work();
  const wall = performance.now() - start;
  const { user, system } = process.threadCpuUsage(before);
  return { wall, cpu: (user + system) / 1000 };
}

function summarize(times: readonly { wall: number; cpu: number }[]): Times {
  const wall = times.map(time => time.wall).toSorted((a, b) => a - b);
  const cpu = times.map(time => time.cpu).toSorted((a, b) => a - b);
  const at = (sorted: readonly number[], part: number): number =>
    sorted[Math.floor(sorted.length * part)] ?? Number.NaN;
  return { best: at(wall, 0), median: at(wall, 0.5), late: at(wall, 0.95), cpu: at(cpu, 0.5) };
}

function printSpeed(what: string, times: Times, bar?: string): void {
  const speed = (milliseconds: number): number => bytes / 1000 / milliseconds;
  print(`${what}, best round`, speed(times.best), 'MB/s', bar);
  print(`${what}, median round`, speed(times.median), 'MB/s', bar);
  print(`${what}, median round by processor time`, speed(times.cpu), 'MB/s', bar);
}

function printTime(how: string, times: Times): void {
  const what = `one keystroke in a 1 MB document, ${how}`;
  print(`${what}, median`, times.median, 'ms', '< 20');
  print(`${what}, 95th percentile`, times.late, 'ms', '< 20');
  print(`${what}, median by processor time`, times.cpu, 'ms', '< 20');
}

function print(what: string, value: number, unit: string, bar?: string): void {
  const rounded = Math.round(value * 10) / 10;
  console.log(JSON.stringify({ id: 'PF-1', what, value: rounded, unit, ...(bar === undefined ? {} : { bar }) }));
}
