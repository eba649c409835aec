import assert from 'node:assert/strict';
import type { JsonValue } from '../src/index.ts';
import { only } from './support/invariants.ts';

const MATCHER_OPS = ['FIND', 'READ', 'OPEN', 'FOLD'] as const;

describe('body', () => {
  it('[LNG-10] is a string or null for EDIT, COPY, EXEC, KILL and PLAN', () => {
    for (const op of ['EDIT', 'COPY', 'EXEC', 'KILL', 'PLAN']) {
      assert.equal(only(`<<${op}: {"a":1} :${op}`).body, ' {"a":1} ');
      assert.equal(only(`<<${op}::${op}`).body, null);
    }
  });

  it('[LNG-10] is a path or null for MOVE', () => {
    assert.deepEqual(only('<<MOVE(a): b.ts:MOVE').body, { kind: 'local', raw: ' b.ts' });
    assert.deepEqual(only('<<MOVE(a):#x#:MOVE').body, { kind: 'regex', raw: '#x#', pattern: 'x', flags: '' });
    assert.equal((only('<<MOVE(a):known:///b:MOVE').body as { kind: string }).kind, 'url');
    assert.equal(only('<<MOVE(a)::MOVE').body, null);
  });

  it('[LNG-10] is text and its JSON value for SEND', () => {
    const values: readonly [string, JsonValue][] = [
      ['done', null],
      ['{"a":[1,2.5,"x",null]}', { a: [1, 2.5, 'x', null] }],
      [' [1] \n', [1]],
      ['7', 7],
      ['-1.5e2', -150],
      ['"a"', 'a'],
      ['true', true],
      ['false', false],
      ['null', null],
      ['{"a":1} ', { a: 1 }],
      ['{"a":1} x', null],
      ['{a:1}', null],
      ['[1', null],
      ['"a', null],
      ['01', null],
      ['1 2', null],
      ['truex', null],
      ['\u00a01', null],
      ['"', null],
    ];
    for (const [raw, json] of values) assert.deepEqual(only(`<<SEND[200]:${raw}:SEND`).body, { raw, json }, raw);
    assert.equal(only('<<SEND[200]::SEND').body, null);
  });

  it('[LNG-10] leaves JSON that is too deep to walk as text', () => {
    const deep = '['.repeat(10_000) + ']'.repeat(10_000);
    assert.deepEqual(only(`<<SEND:${deep}:SEND`).body, { raw: deep, json: null });
    const wide = `[${'[1],'.repeat(2000)}"[[["]`;
    assert.equal((only(`<<SEND:${wide}:SEND`).body as { json: JsonValue[] }).json.length, 2001);
  });

  it('[LNG-11] names the dialect by the first characters', () => {
    for (const [raw, dialect] of [
      ['//h2[@id="x"]/text()', 'xpath'],
      ['//a | //b', 'xpath'],
      ['//', 'glob'],
      ['//a[', 'glob'],
      ['//a b', 'glob'],
      ['/a', 'glob'],
      ['$.a[?@.b > 1]', 'jsonpath'],
      ['$', 'jsonpath'],
      ['$..x', 'jsonpath'],
      ['$[', 'glob'],
      ['$.a[?nope(@)]', 'glob'],
      ['$ 5', 'glob'],
      ['~what changed', 'semantic'],
      ['~', 'semantic'],
      ['@symbol', 'graph'],
      ['@', 'graph'],
      ['*.ts', 'glob'],
      [' //a', 'glob'],
      [' $.a', 'glob'],
      [' ~x', 'glob'],
      ['\n@x', 'glob'],
      ['plain words', 'glob'],
    ] as const) {
      for (const op of MATCHER_OPS) assert.deepEqual(only(`<<${op}:${raw}:${op}`).body, { dialect, raw }, raw);
    }
  });

  it('[LNG-11] splits a regex into pattern and flags', () => {
    for (const [raw, pattern, flags] of [
      ['#a.b#gi', 'a.b', 'gi'],
      ['#a\\#b#', 'a\\#b', ''],
      ['#\n#m', '\n', 'm'],
      ['##', '', ''],
      ['#\\\\#', '\\\\', ''],
      ['#a)#u', 'a)', 'u'],
    ] as const) {
      const body = only(`<<READ:${raw}:READ`).body;
      if (raw === '#a)#u') assert.deepEqual(body, { dialect: 'glob', raw });
      else assert.deepEqual(body, { dialect: 'regex', raw, pattern, flags }, raw);
    }
    for (const raw of ['#a', '#a\\#', '#(#', '#a#zz', '#a#gg', '#a#i ', '# Heading', '#a#b#']) {
      assert.deepEqual(only(`<<READ:${raw}:READ`).body, { dialect: 'glob', raw }, raw);
    }
    assert.equal(only('<<READ::READ').body, null);
  });

  it('[LNG-11] [RL-10] takes an expression beyond every measure for a glob, in bounded time', () => {
    const deep = `$[?${'('.repeat(50_000)}@.a${')'.repeat(50_000)}]`;
    assert.deepEqual(only(`<<READ:${deep}:READ`).body, { dialect: 'glob', raw: deep });
    const long = `//a${'[b]'.repeat(50_000)}`;
    assert.deepEqual(only(`<<READ:${long}:READ`).body, { dialect: 'glob', raw: long });
    const nested = `#${'('.repeat(200_000)}#`;
    assert.deepEqual(only(`<<READ:${nested}:READ`).body, { dialect: 'glob', raw: nested });
  });
});
