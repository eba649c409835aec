import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { seededRandom } from '../fuzz/generate.ts';
import { generateGbnf } from '../gbnf/generate.ts';
import { OPS, PlurnkParser } from '../src/index.ts';
import { readGbnf } from './support/gbnf.ts';
import { GbnfMatcher } from './support/gbnf-matcher.ts';
import { GbnfSampler } from './support/gbnf-sampler.ts';
import { messagesOf, statementsOf } from './support/invariants.ts';

const source = readFileSync(new URL('../plurnk.gbnf', import.meta.url), 'utf8');
const grammar = readGbnf(source);
const turns = new URL('fixtures/turns/', import.meta.url);

describe('plurnk.gbnf', function () {
  this.timeout(180_000);

  it('[LNG-20] is what the generator gives', () => {
    assert.equal(source, generateGbnf());
  });

  it('[LNG-20] yields 10,000 samples that parse with no error', () => {
    const random = seededRandom(7);
    const sampler = new GbnfSampler(grammar, random);
    const seen = new Set<string>();
    const statuses = new Set<unknown>();
    for (let run = 0; run < 10_000; run++) {
      const sample = sampler.sample(random() * 400);
      const result = PlurnkParser.parse(sample);
      assert.deepEqual(messagesOf(result), [], JSON.stringify(sample));
      const statements = statementsOf(result);
      for (const { op, suffix } of statements) seen.add(op + suffix);
      const [last, first] = [statements.at(-1), statements[0]];
      assert.ok(first?.op === 'PLAN' && last?.op === 'SEND' && last.target === null);
      statuses.add(last.signal);
    }
    assert.deepEqual([...statuses].sort(), [102, 200, 202, 499]);
    for (const op of OPS)
      for (const suffix of ['', '1', '2']) assert.ok(seen.has(op + suffix), `${op}${suffix} is never sampled`);
  });

  it('[LNG-20] its samples are admitted by the matcher', () => {
    const random = seededRandom(8);
    const sampler = new GbnfSampler(grammar, random);
    const matcher = new GbnfMatcher(grammar);
    for (let run = 0; run < 200; run++) {
      const sample = sampler.sample(random() * 100);
      assert.ok(matcher.accepts(sample), JSON.stringify(sample));
    }
  });

  for (const name of readdirSync(turns)) {
    it(`[LNG-20] admits the valid turn ${name}`, () => {
      const text = readFileSync(new URL(name, turns), 'utf8');
      assert.deepEqual(messagesOf(PlurnkParser.parse(text)), []);
      const matcher = new GbnfMatcher(grammar);
      const length = matcher.acceptedLength(text);
      assert.ok(matcher.accepts(text), `stuck before ${JSON.stringify(text.slice(length, length + 30))}`);
    });
  }

  it('[LNG-20] admits nothing but turns', () => {
    const plan = '<<PLAN:p:PLAN';
    const send = '<<SEND[200]:s:SEND';
    const matcher = new GbnfMatcher(grammar);
    assert.ok(matcher.accepts(`hi${plan}\n${send}`));
    for (const text of [
      '',
      'hi',
      plan,
      send,
      `${send}${plan}`,
      `${plan}${plan}${send}`,
      `${plan}${send}${send}`,
      `${plan}${send}<<READ(a)::READ`,
      `<<READ(a)::READ${plan}${send}`,
      `${plan}<<SEND[404]:x:SEND`,
      `${plan}<<SEND:x:SEND`,
      `${plan}<<SEND[200](run://a):x:SEND`,
      `${plan}\n<<READ(a)::EDIT\n${send}`,
      `${plan}<<READ(http://[)::READ${send}`,
      `${plan}<<READ(http:///)::READ${send}`,
      `${plan}<<READ(x://a b)::READ${send}`,
      `${plan}<<READ<4->::READ${send}`,
      `${plan}<<KILL<1>::KILL${send}`,
      `${plan}<<EXEC[1a]::EXEC${send}`,
      `${plan}<<READ[a<]::READ${send}`,
      `${plan}<<READ(a<)::READ${send}`,
      `${plan}<<READ(a)(b)::READ${send}`,
      `${plan} some prose ${send}`,
      `<think><<READ(a)::READ</think>${plan}${send}`,
      `${plan}<<EDITx:y:EDITx${send}`,
      `${plan}<<MOVE(a):http://[:MOVE${send}`,
      `${plan}${send}.`,
      `${plan}<<EDIT(a):x`,
    ]) {
      assert.ok(!matcher.accepts(text), text);
    }
  });

  it('[LNG-20] the matcher and the reader know the dialect', () => {
    const matcher = (text: string): GbnfMatcher => new GbnfMatcher(readGbnf(text));
    const sum = matcher('root ::= n ("+" n){1,2} # comment\nn ::= [0-9]+ |\n  "\\x41\\u00e9\\"" [^a-c\\]]?');
    for (const text of ['1+2', '12+3+45', 'Aé"+1', 'Aé"d+1']) assert.ok(sum.accepts(text), text);
    for (const text of ['1', '1+', '1+2+3+4', 'Aé"a+1', 'Aé"]+1']) assert.ok(!sum.accepts(text), text);
    assert.throws(() => readGbnf('root ::= missing'), /undefined rules: missing/);
  });
});
