import type { MethodName, MethodParams, MethodResult } from '@plurnk/protocol';
import type { World } from './world.ts';

interface MethodCase<Name extends MethodName> {
  /** Parameters that must be taken; may prepare what they need. */
  readonly valid: (world: World) => MethodParams<Name> | Promise<MethodParams<Name>>;
  /** What the answer must say, beyond its schema. */
  readonly says: (result: MethodResult<Name>, world: World) => boolean;
  /** Parameters whose refusal is an error of its own: [params, code]. */
  readonly refused?: (world: World) => readonly (readonly [MethodParams<Name>, number])[];
}

const NOWHERE = 999_999;

/** One case per method, exhaustive by type: a new method without a case does not compile. */
export const CASES: { readonly [Name in MethodName]: MethodCase<Name> } = {
  ping: { valid: () => ({}), says: result => Object.keys(result).length === 0 },
  discover: {
    valid: () => ({}),
    says: ({ methods, capabilities, versions }) =>
      'loop.run' in methods &&
      versions.service.latest === versions.service.installed &&
      capabilities.schemes.includes('known') &&
      capabilities.runtimes.includes('sh'),
  },
  'session.create': {
    valid: ({ workspace }) => ({ projectRoot: workspace, settings: { client: 'test' } }),
    says: ({ name, projectRoot }, { workspace }) => name.startsWith('session-') && projectRoot === workspace,
    refused: ({ sessionName }) => [
      [{ name: sessionName }, -32000],
      [{ projectRoot: 'relative' }, -32602],
      [{ projectRoot: '/does/not/exist' }, -32602],
    ],
  },
  'session.list': {
    valid: () => ({}),
    says: ({ sessions }, world) => sessions.some(each => each.id === world.sessionId && each.turns >= 2),
  },
  'session.attach': {
    valid: ({ sessionId }) => ({ id: sessionId, runName: 'again' }),
    says: ({ id, runName }, world) => id === world.sessionId && runName === 'again',
    refused: ({ sessionId, modelRunId }) => [
      [{ id: NOWHERE }, -32001],
      [{ id: sessionId, runId: NOWHERE }, -32002],
      [{ id: sessionId, runId: modelRunId }, -32002],
      [{ id: sessionId, runId: 1, runName: 'both' }, -32602],
      [{ id: sessionId, runName: 'plurnk' }, -32602],
      [{ id: sessionId, runName: 'Self' }, -32602],
    ],
  },
  'session.runs': {
    valid: () => ({}),
    says: ({ runs }, { modelRunId }) => runs.some(run => run.id === modelRunId && run.origin === 'model'),
    refused: () => [[{ id: NOWHERE }, -32001]],
  },
  'session.prompts': {
    valid: () => ({ limit: 5 }),
    says: ({ prompts }) => prompts.includes('Note what hello.txt says'),
    refused: () => [[{ id: NOWHERE }, -32001]],
  },
  'session.set_root': {
    valid: ({ workspace }) => ({ projectRoot: workspace }),
    says: ({ projectRoot }, { workspace }) => projectRoot === workspace,
    refused: () => [[{ projectRoot: 'relative' }, -32602]],
  },
  'session.rename': {
    valid: ({ sessionName }) => ({ name: `${sessionName}-renamed` }),
    says: ({ name }) => name.endsWith('-renamed'),
    refused: () => [[{ name: '   ' }, -32602]],
  },
  'session.configure': {
    valid: () => ({ settings: { maxCommands: 7 } }),
    says: ({ settings }) => settings.maxCommands === 7,
    refused: () => [
      [{ settings: { maxCommands: -1 } }, -32602],
      [{ settings: { client: '' } }, -32602],
    ],
  },
  'session.delete': {
    valid: async ({ client, sessionId }) => {
      const { id } = await client.call('session.create', {});
      const { token } = await client.call('session.delete', { id });
      await client.call('session.attach', { id: sessionId });
      return token === undefined ? { id } : { id, token };
    },
    says: ({ deleted }) => deleted,
    refused: ({ sessionId }) => [
      [{ id: NOWHERE }, -32001],
      [{ id: sessionId, token: 'guessed' }, -32602],
    ],
  },
  'session.export': {
    valid: ({ sessionId }) => ({ id: sessionId, format: 'jsonl' }),
    says: ({ content }) => content.includes('"type":"turn"') && content.includes('known'),
    refused: ({ sessionId }) => [
      [{ id: NOWHERE, format: 'html' }, -32001],
      [{ id: sessionId, format: 'html', runId: NOWHERE }, -32002],
    ],
  },
  'session.import': {
    valid: async ({ client, sessionId, sessionName }) => {
      const { content } = await client.call('session.export', { id: sessionId, format: 'session' });
      return { content, name: `${sessionName}-imported` };
    },
    says: ({ name, projectRoot }, { sessionName }) => name === `${sessionName}-imported` && projectRoot === null,
    refused: () => [
      [{ content: '{}' }, -32602],
      [{ content: 'x', projectRoot: 'relative' }, -32602],
    ],
  },
  'session.search': {
    valid: ({ sessionId }) => ({ query: 'hello', id: sessionId }),
    says: ({ hits }, { sessionId }) => hits.length > 0 && hits.every(hit => hit.sessionId === sessionId),
    refused: () => [[{ query: 'x', id: NOWHERE }, -32001]],
  },
  'session.constrain': {
    valid: () => ({ effect: 'view', glob: 'src/**' }),
    says: ({ effect, glob }) => effect === 'view' && glob === 'src/**',
  },
  'session.unconstrain': {
    valid: () => ({ effect: 'view', glob: 'src/**' }),
    says: ({ effect, glob }) => effect === 'view' && glob === 'src/**',
  },
  'session.constraints': {
    valid: async ({ client }) => {
      await client.call('session.constrain', { effect: 'hide', glob: '*.secret' });
      return {};
    },
    says: ({ constraints }) => constraints.some(each => each.effect === 'hide' && each.glob === '*.secret'),
  },
  'session.members': {
    valid: () => ({}),
    says: ({ members }) => members.some(each => each.path === '/hello.txt' && each.effect === 'member'),
  },
  'storage.status': {
    valid: () => ({}),
    says: ({ memory, disk, sessions, rows }) => memory > 4096 && disk > 4096 && sessions > 0 && rows > 0,
  },
  'storage.compact': {
    valid: () => ({}),
    says: ({ before, after }) => before > 0 && after > 0,
  },
  'loop.run': {
    valid: () => ({ prompt: 'Once more' }),
    says: result => 'loopId' in result && result.loopId > 0,
    refused: ({ clientRunId }) => [
      [{ prompt: 'x', alias: 'nobody' }, -32004],
      [{ prompt: 'x', runId: NOWHERE }, -32002],
      [{ prompt: 'x', runId: clientRunId }, -32002],
      [{ prompt: 'x', maxTurns: 0 }, -32602],
      [{ prompt: '  ' }, -32602],
    ],
  },
  'loop.inject': {
    valid: () => ({ prompt: 'And this' }),
    says: result => 'loopId' in result && result.loopId > 0,
    refused: () => [[{ prompt: 'x', runId: NOWHERE }, -32002]],
  },
  'loop.resolve': {
    valid: async ({ client }) => {
      const seen = client.payloads('loop/proposal').length;
      client.send('op.exec', { command: 'echo waiting' }).answer.catch(() => undefined);
      await client.until('loop/proposal', () => client.payloads('loop/proposal').length > seen);
      const { proposals } = await client.call('proposal.list', {});
      return { logEntryId: proposals.at(-1)?.logEntryId ?? 0, decision: 'reject', outcome: 'not_now' };
    },
    says: ({ status }) => status === 400,
    refused: () => [[{ logEntryId: NOWHERE, decision: 'accept' }, -32003]],
  },
  'loop.cancel': {
    valid: ({ modelRunId }) => ({ runId: modelRunId, reason: 'enough' }),
    says: ({ runId, reason }, { modelRunId }) => runId === modelRunId && reason === 'enough',
    refused: () => [[{ runId: NOWHERE }, -32002]],
  },
  'stream.kill': {
    valid: async ({ client, clientRunId }) => {
      const accept = client.on('loop/proposal', ({ logEntryId, body }) => {
        if (body === 'sleep 60') client.call('loop.resolve', { logEntryId, decision: 'accept' }).catch(() => undefined);
      });
      const { entries } = await client.call('op.exec', { command: 'sleep 60' });
      accept.dispose();
      return { target: `sh://${entries[0]?.pathname}`, runId: clientRunId };
    },
    says: ({ status }) => status === 200,
    refused: ({ clientRunId }) => [
      [{ target: 'sh:///1/1/1', runId: NOWHERE }, -32002],
      [{ target: 'known:///x', runId: clientRunId }, -32602],
      [{ target: 'nosuch:///1/1/1', runId: clientRunId }, -32005],
    ],
  },
  'run.fork': {
    valid: ({ modelRunId, turnIds }) => ({ runId: modelRunId, ...(turnIds[0] ? { atTurn: turnIds[0] } : {}) }),
    says: ({ parentRunId }, { modelRunId }) => parentRunId === modelRunId,
    refused: ({ modelRunId }) => [
      [{ runId: NOWHERE }, -32002],
      [{ runId: modelRunId, atTurn: NOWHERE }, -32003],
      [{ runId: modelRunId, name: 'self' }, -32602],
    ],
  },
  'proposal.list': { valid: () => ({}), says: ({ proposals }) => Array.isArray(proposals) },
  'proposal.text': {
    valid: async world => ({ logEntryId: await waitingEdit(world), side: 'proposed' }),
    says: ({ text }) => text === 'HELLO\nworld\n',
    refused: () => [[{ logEntryId: NOWHERE, side: 'baseline' }, -32003]],
  },
  'proposal.check': {
    valid: async world => ({ logEntryId: await waitingEdit(world) }),
    says: ({ conflict }) => conflict === false,
    refused: () => [[{ logEntryId: NOWHERE }, -32003]],
  },
  'proposal.merge': {
    valid: async world => ({ logEntryId: await waitingEdit(world), body: 'hello\nWORLD\n' }),
    says: result => 'mine' in result && result.mine === 'hello\nWORLD\n' && result.conflicts === 0,
    refused: () => [[{ logEntryId: NOWHERE }, -32003]],
  },
  'proposal.changes': { valid: () => ({ path: 'hello.txt' }), says: ({ changes }) => Array.isArray(changes) },
  'proposal.revert': {
    valid: async ({ client, modelRunId }) => {
      const { entries } = await client.call('log.read', { runId: modelRunId });
      return { logEntryId: entries.find(entry => entry.op === 'READ')?.id ?? 0 };
    },
    says: ({ status }) => status >= 400,
    refused: () => [[{ logEntryId: NOWHERE }, -32003]],
  },
  'providers.list': {
    valid: () => ({}),
    says: ({ aliases }) => aliases.some(each => each.alias === 'worker' && each.provider === 'scripted' && each.active),
  },
  'models.discover': {
    valid: () => ({ provider: 'demo' }),
    says: ({ models }) => models.length === 1 && models[0]?.alias === 'demo',
    refused: () => [[{ provider: 'nobody' }, -32602]],
  },
  'models.test': {
    valid: () => ({ alias: 'demo' }),
    says: ({ ok, ms }) => ok && ms >= 0,
    refused: () => [[{ alias: 'nobody' }, -32004]],
  },
  doctor: {
    valid: () => ({}),
    says: ({ checks }) => checks.some(check => check.name === 'database' && check.level === 'ok'),
  },
  'entry.read': {
    valid: () => ({ target: 'known:///plan.md', from: 6, limit: 6 }),
    says: ({ entry }) => Object.values(entry?.channels ?? {})[0]?.content === 'second',
    refused: () => [
      [{ target: 'known:///plan.md', sessionId: NOWHERE }, -32001],
      [{ target: 'known:///plan.md', runId: NOWHERE }, -32002],
      [{ target: '#a.*#' }, -32602],
      [{ target: 'nosuch:///plan.md' }, -32005],
      [{ target: 'picture.dat' }, -32006],
      [{ target: 'file:///picture.dat' }, -32006],
    ],
  },
  'entry.list': {
    valid: () => ({ scheme: 'known' }),
    says: ({ entries }) => entries.some(entry => entry.pathname === '/plan.md'),
    refused: () => [
      [{ scheme: 'run' }, -32602],
      [{ scheme: 'known', sessionId: NOWHERE }, -32001],
      [{ scheme: 'nosuch' }, -32005],
    ],
  },
  'log.read': {
    valid: ({ modelRunId }) => ({ runId: modelRunId, loopSeq: 1, turnSeq: 1, limit: 1000 }),
    says: ({ entries }) => entries.length > 3 && entries.every(entry => entry.loop_seq === 1 && entry.turn_seq === 1),
    refused: () => [
      [{ runId: NOWHERE }, -32002],
      [{ limit: 1001 }, -32602],
    ],
  },
  'run.turns': {
    valid: ({ modelRunId }) => ({ runId: modelRunId }),
    says: ({ loops, turns }, { loopId, turnIds }) =>
      loops.some(loop => loop.id === loopId) && turnIds.every(id => turns.some(turn => turn.id === id)),
    refused: () => [[{ runId: NOWHERE }, -32002]],
  },
  'packet.read': {
    valid: ({ turnIds }) => ({ turnId: turnIds[0] ?? 0 }),
    says: ({ sections, emission }) =>
      sections[0]?.name === 'definition' && (emission ?? '').includes('known:///plan.md'),
    refused: () => [[{ turnId: NOWHERE }, -32003]],
  },
  'packet.diff': {
    valid: ({ turnIds }) => ({ turnIdA: turnIds[0] ?? 0, turnIdB: turnIds[1] ?? 0 }),
    says: ({ changed }) => changed.some(section => section.name === 'log'),
    refused: ({ turnIds }) => [
      [{ turnIdA: NOWHERE, turnIdB: turnIds[0] ?? 1 }, -32003],
      [{ turnIdA: turnIds[0] ?? 1, turnIdB: NOWHERE }, -32003],
    ],
  },
  'op.find': {
    valid: () => ({ scope: 'known:///**', matcher: '*second*' }),
    says: ({ status, entries }) =>
      status === 200 && entries[0]?.op === 'FIND' && JSON.stringify(entries[0].rx).includes('plan.md'),
    refused: () => [[{ scope: 'a\nb' }, -32602]],
  },
  'op.read': {
    valid: () => ({ target: 'hello.txt', lineRange: [2] }),
    says: ({ status, entries }) => status === 200 && String(entries[0]?.rx).includes('world'),
  },
  'op.open': {
    valid: () => ({ target: 'log:///1/1/1' }),
    says: ({ status }) => status === 200 || status === 404,
  },
  'op.fold': {
    valid: () => ({ target: 'log:///1/1/1' }),
    says: ({ status }) => status === 200 || status === 404,
  },
  'op.edit': {
    valid: () => ({ target: 'known:///mine.md', content: 'my note :EDIT with a close tag', tags: ['a', 'b'] }),
    says: ({ status, entries }) => (status === 201 || status === 304) && entries[0]?.origin === 'client',
    refused: () => [[{ target: 'x', tags: ['a b'] }, -32602]],
  },
  'op.copy': {
    valid: () => ({ source: 'known:///plan.md', destination: 'known:///copy.md' }),
    says: ({ status }) => status === 201 || status === 304,
  },
  'op.move': {
    valid: async ({ client }) => {
      await client.call('op.edit', { target: 'known:///moving.md', content: 'here' });
      await client.call('op.kill', { target: 'known:///moved.md' });
      return { source: 'known:///moving.md', destination: 'known:///moved.md' };
    },
    says: ({ status }) => status === 201,
  },
  'op.kill': {
    valid: async ({ client }) => {
      await client.call('op.edit', { target: 'known:///gone.md', content: 'soon' });
      return { target: 'known:///gone.md' };
    },
    says: ({ status }) => status === 200,
  },
  'op.send': { valid: () => ({ status: 102, body: { note: 'hi' } }), says: ({ entries }) => entries[0]?.op === 'SEND' },
  'op.exec': {
    valid: async ({ client }) => {
      void client
        .until('loop/proposal', ({ body }) => body === 'echo contract')
        .then(({ logEntryId }) => client.call('loop.resolve', { logEntryId, decision: 'accept' }));
      return { command: 'echo contract' };
    },
    says: ({ status, entries }) => status === 102 && entries[0]?.op === 'EXEC',
    refused: () => [[{ runtime: '1x' }, -32602]],
  },
  'op.dispatch': {
    valid: () => ({
      statement: {
        op: 'READ',
        suffix: '',
        signal: null,
        target: { kind: 'local', raw: 'hello.txt' },
        lineMarker: { marks: [1] },
        body: null,
        position: null,
      },
    }),
    says: ({ status, entries }) => status === 200 && String(entries[0]?.rx).includes('hello'),
    refused: () => [
      [
        {
          statement: {
            op: 'READ',
            suffix: '',
            signal: 7,
            target: 'what',
            lineMarker: null,
            body: null,
            position: null,
          },
        },
        -32602,
      ],
    ],
  },
  'op.parse': {
    valid: () => ({ text: '<<READ(hello.txt)<1>:READ\n<<READ(oops\n<<READ(src/a.ts):READ' }),
    says: ({ results }) =>
      results.filter(result => result.status === 200).length === 2 && results.some(result => 'error' in result),
  },
  'op.look': {
    valid: () => ({ text: '<<READ(hello.txt)<2>:READ' }),
    says: ({ status, rx }) => status === 200 && (rx ?? '').includes('world'),
    refused: () => [
      [{ text: '<<KILL(hello.txt):KILL' }, -32602],
      [{ text: 'just words' }, -32602],
    ],
  },
};

/** A change of a file that waits for a decision. */
async function waitingEdit({ client }: World): Promise<number> {
  const waiting = async () => {
    const { proposals } = await client.call('proposal.list', {});
    return proposals.find(({ target }) => target.pathname === 'hello.txt')?.logEntryId;
  };
  const already = await waiting();
  if (already !== undefined) return already;
  const seen = client.payloads('loop/proposal').length;
  client.send('op.edit', { target: 'hello.txt', content: 'HELLO', lineRange: [1] }).answer.catch(() => undefined);
  await client.until('loop/proposal', () => client.payloads('loop/proposal').length > seen);
  return (await waiting()) ?? 0;
}
