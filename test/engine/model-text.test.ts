import assert from 'node:assert/strict';
import { PlurnkParser, type Statement } from '@plurnk/plurnk-grammar';
import { tokenizerFor } from '@plurnk/plurnk-providers';
import { DEFINITION } from '../../server/src/packet/text/definition.ts';
import { requirementsText } from '../../server/src/packet/text/model-text.ts';
import type { LogRow, StoredSection } from '../../server/src/store/contract.ts';
import { done, must, openWorld, type World } from './support/world.ts';

const FILES = {
  'src/date.ts': [
    'export function parseDate(text: string): number {',
    '  const [day, month, year] = text.split(".").map(Number);',
    '  return 1900 + year;',
    '}',
    '// TODO: leap years',
    'export const today = (): number => parseDate("1.1.26");',
    '',
  ].join('\n'),
  'README.md': '# Dates\n\n## Use\n\nSee src/date.ts.\n',
  'package.json': '{"name": "dates", "scripts": {"test": "node --test"}}\n',
  'packages/app/a.ts': 'export {};\n',
};

/** The statements that stand on lines of their own, in order; explanations behind them are text. */
function examples(text: string): Statement[] {
  const problems: string[] = [];
  const statements: Statement[] = [];
  for (const block of text.split(/\n(?=<<[A-Z])|\n\n/)) {
    if (!/^<<[A-Z]+[a-z]?[[(<:]/.test(block) || block.startsWith('<<OP[')) continue;
    for (const item of PlurnkParser.parse(block).items) {
      if (item.kind === 'statement') statements.push(item.statement);
      if (item.kind === 'error' && !/must (begin|end) with/.test(item.error.message))
        problems.push(`${block}: ${item.error.message}`);
    }
  }
  assert.deepEqual(problems, []);
  return statements;
}

describe('what the model is taught', () => {
  let world: World;
  beforeEach(async () => {
    world = await openWorld({ files: FILES, replies: [done()] });
  });
  afterEach(async () => {
    assert.deepEqual(world.defects, []);
    await world.close();
  });
  const sections = async (): Promise<readonly StoredSection[]> => {
    const { runId } = await world.run('go');
    return must(world.store.turns.readPacket(must(world.store.turns.listRun(runId)[0]).id));
  };
  const content = (list: readonly StoredSection[], name: string): string =>
    must(list.find(one => one.name === name)).content;

  it('[PKT-6] definition, tools and schemes together stay under 2,500 tokens', async () => {
    const { count } = await tokenizerFor('gpt-4o');
    const list = await sections();
    const tokens = ['definition', 'tools', 'schemes'].map(name => count(content(list, name)));
    assert.ok(tokens.reduce((sum, one) => sum + one, 0) < 2500, String(tokens));
  });

  it('[PKT-6] every op, slot and dialect is taught by an example', () => {
    const taught = examples(DEFINITION);
    const ops = new Set(taught.map(statement => statement.op));
    assert.deepEqual([...ops].sort(), [
      'COPY',
      'EDIT',
      'EXEC',
      'FIND',
      'FOLD',
      'KILL',
      'MOVE',
      'OPEN',
      'PLAN',
      'READ',
      'SEND',
    ]);
    const dialects = new Set(
      taught.flatMap(({ body }) =>
        body !== null && typeof body === 'object' && 'dialect' in body ? [body.dialect] : [],
      ),
    );
    assert.deepEqual([...dialects].sort(), ['glob', 'graph', 'jsonpath', 'regex', 'semantic', 'xpath']);
    assert.ok(taught.some(statement => statement.suffix !== ''));
    assert.ok(taught.some(statement => Array.isArray(statement.signal)));
    for (const status of [102, 200, 202, 499]) assert.match(DEFINITION, new RegExp(`\\[${status}\\]`));
  });

  it('[PKT-6] every example of definition, tools, schemes and docs parses', async () => {
    const list = await sections();
    for (const name of ['definition', 'tools', 'schemes']) assert.ok(examples(content(list, name)).length > 0, name);
    const inRequirements = PlurnkParser.parse(requirementsText()).items.filter(item => item.kind === 'statement');
    assert.deepEqual(
      inRequirements,
      [],
      'the requirements name ops, they hold no statement that could be copied by mistake',
    );
  });

  it('[PKT-6] every example of the definition does what the text says, one after the other', async () => {
    const me = world.engine.clientRun(world.session.id, 'me');
    const { PlurnkParser: parser } = await import('@plurnk/plurnk-grammar');
    assert.equal(parser, PlurnkParser);
    world.engine.onEvent(event => {
      if (event.name === 'loop/proposal')
        void world.engine.resolve(event.payload.logEntryId as LogRow['id'], 'accept', { by: 'me' });
    });
    const outcomes: string[] = [];
    for (const statement of examples(DEFINITION)) {
      const rows = await world.engine.dispatch(world.session.id, me.id, statement, new AbortController().signal);
      const statuses = [...new Set(rows.map(row => row.statusRx))].join(' ') || 'silent';
      outcomes.push(`${statement.op}(${statement.target?.raw ?? ''}) ${statuses}`);
    }
    await world.engine.cancel(me.id, 'over');
    assert.deepEqual(
      outcomes.filter(outcome => / (4|5)\d\d/.test(outcome)),
      EXPECTED_MISSES,
    );
    const rest = outcomes.filter(outcome => !/ (4|5)\d\d/.test(outcome));
    assert.ok(rest.length > 25, rest.join('\n'));
    assert.equal(
      rest.some(outcome => outcome.endsWith(' 204')),
      false,
      rest.join('\n'),
    );
  });
});

/** These name a stream, a run or rows that exist in a model's run, not in this client's. */
const EXPECTED_MISSES = ['SEND(sh:///1/2/3) 404', 'KILL(sh:///1/2/3) 404', 'READ(run://tests) 425'];
