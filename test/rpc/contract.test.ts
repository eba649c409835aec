import assert from 'node:assert/strict';
import { METHOD_NAMES, METHODS, type MethodName, type MethodSpec } from '@plurnk/protocol';
import { HANDLERS } from '../../server/src/rpc/handlers.ts';
import { throughBothDoors } from './support/both-doors.ts';
import { CASES } from './support/cases.ts';
import { SocketClient } from './support/socket-client.ts';
import { AnswerError, type TestClient } from './support/test-client.ts';
import { makeWorld, WORLD_SCRIPTS, type World } from './support/world.ts';
import { parameters, requiredFields, wrongValues } from './support/wrong-values.ts';

type AnyCase = {
  readonly valid: (world: World) => object | Promise<object>;
  readonly says: (result: object, world: World) => boolean;
  readonly refused?: (world: World) => readonly (readonly [object, number])[];
};

const caseOf = (name: MethodName): AnyCase => CASES[name] as unknown as AnyCase;

/** Parameters that take any JSON value have no wrong type. */
const ANYTHING = ['op.send body'];

describe('the registry', () => {
  it('[RPC-6] [RL-15] has a handler, a case and, for each parameter, a wrong value for every method', () => {
    assert.deepEqual(Object.keys(HANDLERS), METHOD_NAMES);
    assert.deepEqual(Object.keys(CASES).sort(), [...METHOD_NAMES].sort());
    const untested = METHOD_NAMES.flatMap(name => {
      const wrong = new Set(wrongValues(name).map(({ field }) => field));
      return parameters(name).flatMap(field => (wrong.has(field) ? [] : [`${name} ${field}`]));
    });
    assert.deepEqual(untested, ANYTHING);
  });
});

throughBothDoors('the contract of every method', WORLD_SCRIPTS, door => {
  let world: World;
  before(async function () {
    this.timeout(60_000);
    world = await makeWorld(door(), door().client);
  });
  /** Methods re-bind the caller: every test starts attached to the world. */
  beforeEach(async () => {
    await world.client.call('session.attach', { id: world.sessionId, runId: world.clientRunId });
  });

  for (const name of METHOD_NAMES) {
    const spec: MethodSpec = METHODS[name];
    it(`[RPC-6] ${name} answers as its schema says`, async () => {
      const params = await caseOf(name).valid(world);
      const result = (await world.client.send(name, params).answer) as object;
      assert.deepEqual(spec.result.parse(result), result);
      assert.ok(caseOf(name).says(result, world), JSON.stringify(result).slice(0, 1000));
    });

    it(`[RL-15] [RPC-2] ${name} refuses each wrong parameter by its name and changes nothing`, async () => {
      const valid = await caseOf(name).valid(world);
      const before = await stateOf(world);
      for (const { field, value } of wrongValues(name)) {
        const { code, data, message } = await world.client.refused(name, { ...valid, [field]: value });
        assert.equal(code, -32602, `${name} ${field}`);
        assert.match(String(data.field), new RegExp(`^${field}\\b`));
        assert.ok(message.includes(field), message);
      }
      for (const field of requiredFields(name)) {
        const { code, data } = await world.client.refused(name, { ...valid, [field]: undefined });
        assert.equal(code, -32602, `${name} without ${field}`);
        assert.equal(data.field, field);
      }
      assert.equal((await world.client.refused(name, ['positional'])).code, -32602);
      for (const [params, code] of caseOf(name).refused?.(world) ?? []) {
        const error = await world.client.refused(name, params);
        assert.equal(error.code, code, `${name} ${JSON.stringify(params)}: ${error.message}`);
        assert.ok(error.message.length > 5 && !/\bconnection\b/i.test(error.message));
        assert.equal(typeof error.data, 'object');
      }
      assert.deepEqual(await stateOf(world), before);
    });

    it(`[RPC-3] ${name} answers each of many calls at once, and exactly once when cancelled`, async () => {
      const params = await caseOf(name).valid(world);
      const review = world.client.on('loop/proposal', ({ logEntryId }) => {
        world.client.call('loop.resolve', { logEntryId, decision: 'reject' }).catch(() => undefined);
      });
      const settled = await Promise.all(Array.from({ length: 5 }, () => outcome(world.client, name, params)));
      assert.ok(
        settled.every(code => code === 'result' || known(code)),
        settled.join(', '),
      );
      const cancelled = world.client.send(name, params);
      cancelled.cancel();
      const code = await cancelled.answer.then(() => 'result' as const, codeOf);
      assert.ok(code === 'result' || code === -32800 || known(code), String(code));
      review.dispose();
      assert.deepEqual(await world.client.call('ping', {}), {});
    });
  }

  it('[RL-15] [RPC-2] the path of a wrong value inside a parameter is named', async () => {
    const statement = { op: 'READ', suffix: '', signal: null, target: null, lineMarker: null, body: null };
    const policy = { name: 'x', kind: 'edit', effect: 'allow', pattern: '*' };
    for (const [method, params, field] of [
      ['session.create', { settings: { maxCommands: 'many' } }, 'settings.maxCommands'],
      ['session.create', { settings: { mdDocs: [{ alias: 'a' }] } }, 'settings.mdDocs[0].content'],
      [
        'session.create',
        {
          constraints: [
            { effect: 'hide', glob: 'a' },
            { effect: 'eat', glob: 'a' },
          ],
        },
        'constraints[1].effect',
      ],
      [
        'session.configure',
        { settings: { policies: [policy, { ...policy, kind: 'all' }] } },
        'settings.policies[1].kind',
      ],
      ['session.configure', { settings: { client: '' } }, 'settings.client'],
      ['loop.run', { prompt: 'x', flags: { mode: 'think' } }, 'flags.mode'],
      ['loop.run', { prompt: 'x', openPaths: ['a', 7] }, 'openPaths[1]'],
      ['op.read', { target: 'x', lineRange: [1, 'two'] }, 'lineRange[1]'],
      ['op.edit', { target: 'x', tags: ['fine', 'not fine'] }, 'tags[1]'],
      ['op.dispatch', { statement: { ...statement, op: 'SING' } }, 'statement.op'],
    ] as const) {
      const { code, data, message } = await world.client.refused(method, params);
      assert.deepEqual([code, data.field], [-32602, field], method);
      assert.ok(message.startsWith(`${field}: `), message);
    }
    const kept = { maxCommands: 5, unknownKey: true };
    const { settings } = (await world.client.send('session.configure', { settings: kept }).answer) as never;
    assert.ok(!('unknownKey' in settings), 'unknown keys are ignored');
  });

  it('[RPC-4] each method answers a client without a session, and those that need one make it', async function () {
    this.timeout(60_000);
    const client = await door().fresh();
    for (const name of METHOD_NAMES) {
      const lonely = name === METHOD_NAMES[0] ? client : await another(client);
      const before = (await lonely.call('session.list', {})).sessions.map(session => session.id);
      const params = await caseOf(name).valid({ ...world, client: world.client });
      await world.client.call('session.attach', { id: world.sessionId, runId: world.clientRunId });
      const answered = lonely.on('loop/proposal', ({ logEntryId }) => {
        lonely.call('loop.resolve', { logEntryId, decision: 'reject' }).catch(() => undefined);
      });
      const code = await outcome(lonely, name, params);
      answered.dispose();
      assert.ok(code === 'result' || known(code), `${name}: ${code}`);
      const { sessions } = await lonely.call('session.list', {});
      const made = sessions.filter(session => !before.includes(session.id));
      // `session.rename` names the session that it made.
      const isMade = made.some(session => /^session-|-renamed$/.test(session.name));
      if ((METHODS[name] as MethodSpec).requiresInit) assert.ok(isMade, name);
    }
  });

  /** A client that is attached to nothing: over WebSocket a new one, in the language server the same is detached. */
  async function another(client: TestClient): Promise<TestClient> {
    if (client instanceof SocketClient) return door().fresh();
    const { id } = await client.call('session.create', {});
    const { token } = await client.call('session.delete', { id });
    await client.call('session.delete', { id, token });
    return client;
  }
});

/** What refused calls must leave alone. */
async function stateOf({ client, sessionId, modelRunId }: World): Promise<unknown> {
  const { sessions } = await client.call('session.list', {});
  const { runs } = await client.call('session.runs', { id: sessionId });
  const { constraints } = await client.call('session.constraints', {});
  const { loops } = await client.call('run.turns', { runId: modelRunId });
  return {
    sessions: sessions.map(({ id, name, project_root }) => ({ id, name, project_root })),
    runs: runs.map(({ id, name }) => ({ id, name })),
    constraints,
    loops: loops.length,
  };
}

function outcome(client: TestClient, name: string, params: object): Promise<'result' | number> {
  return client.send(name, params).answer.then(() => 'result' as const, codeOf);
}

function codeOf(error: unknown): number {
  if (error instanceof AnswerError) return error.code;
  throw error;
}

/** Codes that a second identical call may end with: what the first one did is no longer there to do. */
function known(code: number): boolean {
  return [-32000, -32001, -32002, -32003, -32004, -32005, -32006, -32602].includes(code);
}
