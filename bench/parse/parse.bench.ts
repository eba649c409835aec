// PF-1: megabytes per second on mixed emissions, beside an ANTLR parser of the same language in the same run, and one
// keystroke in a document of 1 MB. Both parsers work on the same strings in turns; the best and the median of each are
// printed. The generated parser gives a parse tree only; the hand-written one gives the AST with dialects, URLs and JSON.
import assert from 'node:assert/strict';
import { PlurnkParser } from '@plurnk/plurnk-grammar';
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
print('hand-written parser, 1 MB of mixed emissions, best round', speed(hand.best), 'MB/s', '>= 100');
print('hand-written parser, 1 MB of mixed emissions, median round', speed(hand.median), 'MB/s', '>= 100');
print('antlr4ng parser, the same emissions, best round', speed(generated.best), 'MB/s');
print('antlr4ng parser, the same emissions, median round', speed(generated.median), 'MB/s');
print('hand-written to antlr4ng, median rounds', round(generated.median / hand.median), 'times as fast');
const keys = keystrokes(emissions.join('\n'));
print('one keystroke in a 1 MB document parsed again whole, median', round(keys.median), 'ms', '< 20');
print('one keystroke in a 1 MB document parsed again whole, 95th percentile', round(keys.late), 'ms', '< 20');

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

/** Milliseconds of one round. */
function measure(warmUp: number, rounds: number, work: () => void): { best: number; median: number } {
  for (let index = 0; index < warmUp; index++) work();
  const times = Array.from({ length: rounds }, () => timeOf(work)).sort((a, b) => a - b);
  return { best: times[0] ?? Number.NaN, median: times[rounds >> 1] ?? Number.NaN };
}

/** Types into a document at places all over it; each time the edited text is built and parsed. */
function keystrokes(document: string): { median: number; late: number } {
  let text = document;
  const times: number[] = [];
  for (let key = 0; key < KEYSTROKES; key++) {
    const at = Math.floor((text.length * ((key * 7) % KEYSTROKES)) / KEYSTROKES);
    times.push(
      timeOf(() => {
        text = `${text.slice(0, at)}${'x<:\n'.charAt(key % 4)}${text.slice(at)}`;
        PlurnkParser.parseStatements(text);
      }),
    );
  }
  times.sort((a, b) => a - b);
  return { median: times[KEYSTROKES >> 1] ?? Number.NaN, late: times[Math.floor(KEYSTROKES * 0.95)] ?? Number.NaN };
}

function timeOf(work: () => void): number {
  const start = performance.now();
  work();
  return performance.now() - start;
}

function speed(milliseconds: number): number {
  return round(bytes / 1000 / milliseconds);
}

function round(value: number): number {
  return Math.round(value * 10) / 10;
}

function print(what: string, value: number, unit: string, bar?: string): void {
  console.log(JSON.stringify({ id: 'PF-1', what, value, unit, ...(bar === undefined ? {} : { bar }) }));
}
