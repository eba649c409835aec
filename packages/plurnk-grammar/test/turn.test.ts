import assert from 'node:assert/strict';
import { NEAR_MISSES, PlurnkParser } from '../src/index.ts';
import { messagesOf, statementsOf } from './support/invariants.ts';

const errors = (text: string): string[] => messagesOf(PlurnkParser.parse(text));
const warnings = (text: string): string[] => messagesOf(PlurnkParser.parse(text), 'warning');
const ops = (text: string): string[] => statementsOf(PlurnkParser.parse(text)).map(({ op }) => op);

const PLAN = '<<PLAN:p:PLAN';
const READ = '<<READ(a)::READ';
const SEND = '<<SEND[200]:s:SEND';

describe('turn', () => {
  it('[LNG-16] accepts prose, one PLAN, ops and a last SEND', () => {
    for (const text of [
      `${PLAN}${SEND}`,
      `hi ${PLAN} and ${READ}\nthen ${SEND}\nbye`,
      `${PLAN}${SEND}${READ}${SEND}`,
    ]) {
      assert.deepEqual(errors(text), [], text);
    }
  });

  it('[LNG-16] lists what breaks the rules once, beside the good statements', () => {
    for (const [text, expected, good] of [
      ['', [/empty.*must begin with <<PLAN.*must end with <<SEND/], []],
      [' \n', [/empty/], []],
      ['prose', [/must begin with <<PLAN/, /must end with <<SEND/], []],
      [SEND, [/must begin with <<PLAN.*found no PLAN/], ['SEND']],
      [PLAN, [/must end with <<SEND.*found no SEND/], ['PLAN']],
      [READ, [/must begin with <<PLAN/, /must end with <<SEND/], ['READ']],
      [
        `${READ}${READ}${PLAN}${SEND}`,
        [/must begin with <<PLAN.*found `<<READ` first/],
        ['READ', 'READ', 'PLAN', 'SEND'],
      ],
      [`${PLAN}${READ}${PLAN}${PLAN}${SEND}`, [/one PLAN.*second/], ['PLAN', 'READ', 'PLAN', 'PLAN', 'SEND']],
      [
        `${PLAN}${SEND}${READ}${READ}`,
        [/must end with <<SEND.*`<<READ` after the last SEND/],
        ['PLAN', 'SEND', 'READ', 'READ'],
      ],
    ] as const) {
      const found = errors(text);
      assert.equal(found.length, expected.length, text);
      for (const [index, pattern] of expected.entries()) assert.match(found[index] ?? '', pattern);
      assert.deepEqual(ops(text), good);
    }
  });

  it('[LNG-16] places the error at the op that breaks the rule', () => {
    const offsets = (text: string): number[] =>
      PlurnkParser.parse(text).items.flatMap(item => (item.kind === 'error' ? [item.error.offset] : []));
    assert.deepEqual(offsets(`x ${READ}${PLAN}${SEND}`), [2]);
    assert.deepEqual(offsets(`${PLAN}\n${PLAN}${SEND}`), [14]);
    assert.deepEqual(offsets(`${PLAN}${SEND}\n${READ}${READ}`), [PLAN.length + SEND.length + 1]);
    assert.deepEqual(offsets(`${PLAN}${READ}`), [PLAN.length + READ.length]);
  });

  it('[LNG-16] says nothing more where a broken statement explains it', () => {
    for (const text of [
      `<<PLAN(a<):p:PLAN\n${SEND}`,
      `${PLAN}\n<<SEND[abc]:s:SEND`,
      `${PLAN}\n<<EDIT(a):never closed ${SEND}`,
      `${PLAN}\n${READ}\n<<SEND[200]:cut`,
      `<<PLAN:never closed\n${READ}\n${SEND}`,
    ]) {
      const found = errors(text);
      assert.equal(found.length, 1, text);
      assert.doesNotMatch(found[0] ?? '', /must (?:begin|end)/);
    }
    assert.equal(errors(`${PLAN}\n<<READ(a<)::READ\n`).length, 2, 'a broken READ does not explain a missing SEND');
    assert.equal(errors(`<<READ(a<)::READ\n${SEND}`).length, 2, 'nor a missing PLAN');
  });

  it('[LNG-16] swallows thoughts whole, in text position', () => {
    const thought = '<think>I could <<READ(x)::READ or <<GET(y)::GET\n</think>';
    const result = PlurnkParser.parse(`${thought}\n${PLAN}<|channel>${READ}<channel|>${SEND}${thought}`);
    assert.deepEqual(
      result.items.map(item => item.kind),
      ['statement', 'statement'],
    );
    assert.equal(statementsOf(PlurnkParser.parse(`<<PLAN:${thought}:PLAN${SEND}`))[0]?.body, thought);
    const beside = PlurnkParser.parse(`before <think>x</think> after ${PLAN}${SEND}`);
    assert.deepEqual(
      beside.items.flatMap(item => (item.kind === 'text' ? [item.text] : [])),
      ['before ', ' after '],
    );
  });

  it('[LNG-16] takes a thought that never closes for text', () => {
    for (const open of ['<think>', '<|channel>', '<|channel>x</think>', '</think>']) {
      assert.deepEqual(ops(`${open}${PLAN}${SEND}`), ['PLAN', 'SEND']);
    }
    assert.equal(PlurnkParser.parseStatements('<think>x</think>').items[0]?.kind, 'error', 'only turns think');
  });

  it('[LNG-17] warns about near misses in prose', () => {
    const meant = {
      FOLD: 'CLOSE HIDE COLLAPSE',
      OPEN: 'SHOW EXPAND',
      KILL: 'DELETE REMOVE DROP',
      READ: 'GET FETCH CAT',
      EDIT: 'WRITE CREATE UPDATE SET',
      FIND: 'LIST SEARCH GREP QUERY',
      EXEC: 'RUN SHELL',
      COPY: 'SPAWN FORK',
    };
    let count = 0;
    for (const [op, words] of Object.entries(meant)) {
      for (const word of words.split(' ')) {
        count++;
        const [warning, ...others] = warnings(`${PLAN}\n<<${word}(x):y:${word}\n${SEND}`);
        assert.match(warning ?? '', new RegExp(`\`<<${word}\` is not an op.*did you mean \`<<${op}`));
        assert.equal(others.length, 0);
      }
    }
    assert.equal(count, NEAR_MISSES.size);
    assert.match(warnings(`<<SPAWN(x):y:SPAWN${PLAN}${SEND}`).join(), /`<<COPY\(run:\/\/name\)`/);
  });

  it('[LNG-17] warns only about the whole form, and never in bodies', () => {
    for (const prose of [
      '<<GET(x)',
      ':GET <<GET',
      '<<GETTER(x)::GETTER',
      '<<GET(x)::GETS',
      'GET x :GET',
      '<<TASK(x)::TASK',
      '< <GET(x)::GET',
    ]) {
      assert.deepEqual(warnings(`${prose}\n${PLAN}${SEND}`), [], prose);
    }
    assert.deepEqual(warnings(`<<PLAN:<<GET(x)::GET:PLAN<<EDIT:<<SET(x)::SET:EDIT${SEND}`), []);
    const result = PlurnkParser.parse(`say\n😀<<GET(x)::GET${PLAN}${SEND}`);
    const warning = result.items[1];
    assert.ok(warning?.kind === 'error' && warning.error.severity === 'warning');
    assert.deepEqual([warning.error.line, warning.error.column], [2, 1]);
    assert.deepEqual(messagesOf(result), []);
  });
});
