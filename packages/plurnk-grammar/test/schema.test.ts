import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { z } from 'zod';
import { SourceGenerator, seededRandom } from '../fuzz/generate.ts';
import { AST_SCHEMA, PlurnkParser } from '../src/index.ts';
import { only } from './support/invariants.ts';

type JsonSchema = Parameters<typeof z.fromJSONSchema>[0];

const result = z.fromJSONSchema(AST_SCHEMA as unknown as JsonSchema);
const statement = z.fromJSONSchema({ ...AST_SCHEMA.$defs.statement, $defs: AST_SCHEMA.$defs } as unknown as JsonSchema);
const turns = new URL('fixtures/turns/', import.meta.url);

describe('schema', function () {
  this.timeout(180_000);

  it('[LNG-12] [LNG-13] holds for the results of real turns and of fuzzed sources', () => {
    const sources = readdirSync(turns).map(name => readFileSync(new URL(name, turns), 'utf8'));
    const generator = new SourceGenerator(seededRandom(11));
    for (let run = 0; run < 1000; run++) sources.push(generator.next());
    for (const source of sources) {
      for (const parsed of [PlurnkParser.parse(source), PlurnkParser.parseStatements(source)]) {
        const checked = result.safeParse(JSON.parse(JSON.stringify(parsed)));
        assert.ok(checked.success, `${JSON.stringify(source)}: ${checked.error?.message}`);
      }
    }
  });

  it('[LNG-12] refuses a statement with a key more, a key less or a wrong value', () => {
    const good = JSON.parse(JSON.stringify(only('<<READ[a](x://y/z?q=1)<4>:#a#i:READ'))) as Record<string, unknown>;
    assert.ok(statement.safeParse(good).success);
    const { suffix: _suffix, ...less } = good;
    const wrong: Record<string, unknown>[] = [
      less,
      { ...good, more: 1 },
      { ...good, op: 'GREP' },
      { ...good, op: 'SEND' },
      { ...good, signal: 200 },
      { ...good, suffix: 'a-b' },
      { ...good, lineMarker: { marks: [] } },
      { ...good, target: { kind: 'local' } },
      { ...good, body: 'text' },
      { ...good, position: null },
    ];
    for (const value of wrong) assert.ok(!statement.safeParse(value).success, JSON.stringify(value));
  });
});
