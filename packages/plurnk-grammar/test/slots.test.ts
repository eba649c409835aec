import assert from 'node:assert/strict';
import { PlurnkParseError, PlurnkParser, parsePath, type UrlTarget } from '../src/index.ts';
import { messagesOf, only, problems, statementsOf } from './support/invariants.ts';

const TAG_OPS = ['FIND', 'READ', 'EDIT', 'COPY', 'MOVE', 'OPEN', 'FOLD', 'PLAN'] as const;

describe('signal', () => {
  it('[LNG-5] reads tags for the eight tag ops', () => {
    for (const op of TAG_OPS) {
      assert.deepEqual(only(`<<${op}[a,b]::${op}`).signal, ['a', 'b']);
      assert.deepEqual(only(`<<${op}[]::${op}`).signal, []);
      assert.equal(only(`<<${op}::${op}`).signal, null);
    }
  });

  it('[LNG-5] separates tags by commas, spaces and tabs and ignores stray commas', () => {
    for (const [slot, tags] of [
      ['[a, b]', ['a', 'b']],
      ['[a b\tc]', ['a', 'b', 'c']],
      ['[,,a,, ,b,]', ['a', 'b']],
      ['[ ]', []],
      ['[,]', []],
      ['["a b"]', ['"a', 'b"']],
      ['[200]', ['200']],
      ['[a:READ]', ['a:READ']],
      ['[é-😀/(x)>[y]', ['é-😀/(x)>[y']],
      ['[a<b]', ['a<b']],
      ['[<b]', ['<b']],
    ] as const) {
      assert.deepEqual(only(`<<READ${slot}::READ`).signal, tags, slot);
    }
  });

  it('[LNG-5] refuses a `<` without a tag character after it, `<<` and other white space', () => {
    for (const slot of [
      '[a<]',
      '[<]',
      '[a<,b]',
      '[a< b]',
      '[<\tb]',
      '[a<<b]',
      '[<<]',
      '[a\nb]',
      '[a\r\nb]',
      '[\n]',
      '[a\u00a0b]',
      '[\vb]',
    ]) {
      assert.match(
        problems(`<<READ${slot}(x)::READ`).join(),
        /^`<<READ` signal: found .*expected/,
        JSON.stringify(slot),
      );
    }
  });

  it('[LNG-6] reads one signed integer for SEND and KILL', () => {
    for (const op of ['SEND', 'KILL']) {
      for (const [slot, value] of [
        ['[200]', 200],
        ['[-1]', -1],
        ['[0]', 0],
        ['[-0]', 0],
        ['[+9]', 9],
        ['[007]', 7],
        ['[]', null],
        ['', null],
      ] as const) {
        assert.equal(only(`<<${op}${slot}::${op}`).signal, value, slot);
      }
      for (const slot of [
        '[a]',
        '[1.5]',
        '[1,2]',
        '[1 2]',
        '[ 1]',
        '[-]',
        '[--1]',
        '[1e3]',
        '[99999999999999999999]',
        '[ ]',
        '[<<]',
        '[1\n]',
      ]) {
        assert.match(
          problems(`<<${op}${slot}::${op}`).join(),
          new RegExp(`^\`<<${op}\` signal: found .*expected`),
          slot,
        );
      }
    }
  });

  it('[LNG-6] reads one runtime name for EXEC', () => {
    for (const [slot, value] of [
      ['[sh]', 'sh'],
      ['[node.js-20+x_]', 'node.js-20+x_'],
      ['[_]', '_'],
      ['[]', null],
      ['', null],
    ] as const) {
      assert.equal(only(`<<EXEC${slot}:ls:EXEC`).signal, value);
    }
    for (const slot of ['[sh,py]', '[1sh]', '[sh ]', '[-x]', '[é]', '[200]', '[ ]', '[a<b]']) {
      assert.match(
        problems(`<<EXEC${slot}:ls:EXEC`).join(),
        /^`<<EXEC` signal: found .*expected one runtime name/,
        slot,
      );
    }
  });
});

describe('target', () => {
  it('[LNG-7] reaches to the first `)`, verbatim', () => {
    for (const raw of [
      'a.ts',
      ' a b ',
      'a(b',
      '[x]<4>',
      'a\\',
      ':READ',
      'a<b',
      '\t\u00a0é😀',
      '#readme',
      '**/*.{ts,js}',
    ]) {
      assert.deepEqual(only(`<<READ(${raw})::READ`).target, { kind: 'local', raw }, raw);
    }
    assert.equal(only('<<READ()::READ').target, null);
    assert.match(problems('<<READ(a(b)c)::READ').join(), /found `c` before the body/);
  });

  it('[LNG-7] refuses line breaks and a `<` before `)`, a line break or `<`', () => {
    for (const slot of ['(a\nb)', '(a\r\nb)', '(a\rb)', '(a<)', '(<\nb)', '(a<\r)', '(a<<b)', '(#a<<b#)', '(#a<)#)']) {
      assert.match(problems(`<<READ${slot}::READ`).join(), /^`<<READ` target: found .*expected/, JSON.stringify(slot));
    }
  });

  it('[LNG-7] lets a whole target `#pattern#flags` hold `)`', () => {
    for (const [raw, pattern, flags] of [
      ['#(a|b)#i', '(a|b)', 'i'],
      ['#(a\\#)b#', '(a\\#)b', ''],
      ['#\\\\#g', '\\\\', 'g'],
      ['#(?<n>a)\\k<n>#', '(?<n>a)\\k<n>', ''],
      ['#\\)#', '\\)', ''],
    ] as const) {
      assert.deepEqual(only(`<<READ(${raw})<4>::READ`).target, { kind: 'regex', raw, pattern, flags });
    }
    assert.deepEqual(only('<<READ(#a)\n:b#):READ').target, { kind: 'local', raw: '#a' });
    assert.deepEqual(only('<<READ(#a):b# c:READ').target, { kind: 'local', raw: '#a' });
    assert.deepEqual(only('<<READ(#(#)::READ').target, { kind: 'local', raw: '#(#' }, 'does not compile');
  });

  it('[LNG-8] classifies null, regex and local targets', () => {
    assert.equal(parsePath(''), null);
    assert.deepEqual(parsePath('#a(b)#gi'), { kind: 'regex', raw: '#a(b)#gi', pattern: 'a(b)', flags: 'gi' });
    for (const raw of [
      '#a',
      '#a#z',
      '#(#',
      '#a#gg',
      'a#b#',
      ' #a#',
      'src/**',
      'C:\\x',
      'mailto:x',
      '//host/a',
      '1x://a',
      '%zz',
      ' http://a',
      'a b://c',
    ]) {
      assert.deepEqual(parsePath(raw), { kind: 'local', raw });
    }
  });

  it('[LNG-8] splits URLs as WHATWG does', () => {
    const none = {
      username: null,
      password: null,
      hostname: null,
      port: null,
      pathname: null,
      params: {},
      fragment: null,
    };
    const expected: readonly [string, Partial<UrlTarget>][] = [
      ['known:///plan.md', { scheme: 'known', pathname: '/plan.md' }],
      ['run://self', { scheme: 'run', hostname: 'self' }],
      ['KNOWN:///A%20b', { scheme: 'known', pathname: '/A%20b' }],
      ['log:///1/2/3/READ#out', { scheme: 'log', pathname: '/1/2/3/READ', fragment: 'out' }],
      [
        'http://u:p@Ex.com:8080/a/../b?x=1&y=a%20b&x=2&z#f%20g',
        {
          scheme: 'http',
          username: 'u',
          password: 'p',
          hostname: 'ex.com',
          port: 8080,
          pathname: '/b',
          params: { x: ['1', '2'], y: 'a b', z: '' },
          fragment: 'f%20g',
        },
      ],
      ['https://example.com:443', { scheme: 'https', hostname: 'example.com', pathname: '/' }],
      ['x://a/?__proto__=1', { scheme: 'x', hostname: 'a', pathname: '/', params: JSON.parse('{"__proto__":"1"}') }],
      ['x://a/b?', { scheme: 'x', hostname: 'a', pathname: '/b' }],
      ['x://a/b#', { scheme: 'x', hostname: 'a', pathname: '/b' }],
      ['x://a/./b/..', { scheme: 'x', hostname: 'a', pathname: '/' }],
    ];
    for (const [raw, parts] of expected) assert.deepEqual(parsePath(raw), { kind: 'url', raw, ...none, ...parts }, raw);
  });

  it('[LNG-8] refuses a URL that WHATWG rejects, with source visitor and no statement', () => {
    for (const raw of ['http://[', 'http://a:99999/', 'http://', 'x://a b/', 'http://a^b/']) {
      assert.throws(
        () => parsePath(raw),
        (error: unknown) => error instanceof PlurnkParseError && error.source === 'visitor',
        raw,
      );
      const result = PlurnkParser.parseStatements(`<<READ(${raw})::READ\n<<READ(ok)::READ`);
      assert.deepEqual(statementsOf(result).length, 1);
      const errors = result.items.flatMap(item => (item.kind === 'error' ? [item.error] : []));
      assert.deepEqual(
        errors.map(({ source, line, column }) => [source, line, column]),
        [['visitor', 1, 7]],
      );
    }
    assert.match(problems('<<MOVE(a):http://[:MOVE').join(), /^`<<MOVE` body: `http:\/\/\[` is not a valid URL/);
  });
});

describe('marks', () => {
  it('[LNG-9] reads numbers greedily from the left', () => {
    for (const [slot, marks] of [
      ['<4>', [4]],
      ['<4-7>', [4, 7]],
      ['<-3--1>', [-3, -1]],
      ['<2.5>', [2.5]],
      ['<0.7,10,20>', [0.7, 10, 20]],
      ['<1, 2>', [1, 2]],
      ['<-1>', [-1]],
      ['<1,-2>', [1, -2]],
      ['<1, -2-3>', [1, -2, 3]],
      ['<9-1>', [9, 1]],
      ['<-0>', [0]],
      ['<007>', [7]],
      [`<${'9'.repeat(400)}>`, [Number.MAX_VALUE]],
    ] as const) {
      assert.deepEqual(only(`<<READ(a)${slot}::READ`).lineMarker, { marks }, slot);
    }
    assert.equal(only('<<READ(a)::READ').lineMarker, null);
  });

  it('[LNG-9] refuses what is malformed', () => {
    for (const slot of [
      '<>',
      '<x>',
      '<4->',
      '<4,>',
      '<,4>',
      '<4,  5>',
      '<4 ,5>',
      '<4 - 5>',
      '< 4>',
      '<4 >',
      '<1.>',
      '<.5>',
      '<1.2.3>',
      '<--1>',
      '<4;5>',
      '<+4>',
      '<4\n>',
      '<4<5>',
      '<<4>',
    ]) {
      assert.match(
        problems(`<<READ(a)${slot}::READ`).join(),
        /^`<<READ` marks: found .*expected/,
        JSON.stringify(slot),
      );
    }
  });

  it('[LNG-9] SEND and KILL have none', () => {
    for (const op of ['SEND', 'KILL']) {
      assert.match(problems(`<<${op}(a)<4>::${op}`).join(), new RegExp(`marks: .*${op} takes no marks`));
      assert.equal(only(`<<${op}(a)::${op}`).lineMarker, null);
    }
  });

  it('[LNG-5] [LNG-7] [LNG-9] a slot that never closes leaves the next statement alone', () => {
    for (const broken of ['<<READ[a', '<<READ(a', '<<READ<4', '<<READ[a<', '<<READ(a<', '<<READ', '<<READ(a)']) {
      const result = PlurnkParser.parseStatements(`${broken}\n<<FIND(b)::FIND`);
      assert.deepEqual(
        statementsOf(result).map(({ op }) => op),
        ['FIND'],
        broken,
      );
      assert.equal(messagesOf(result).length, 1, broken);
      assert.equal(result.unparsedTail, undefined);
    }
  });
});
