import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { DaemonProcess, Place } from './support/server-process.ts';
import type { SocketClient } from './support/socket-client.ts';
import { makeWorkspace } from './support/world.ts';

const EDIT =
  '<<PLAN:Change.:PLAN\n<<EDIT(hello.txt)<1>:good day:EDIT\n<<EDIT(src/a.ts)<1>:changed:EDIT\n<<SEND[102]:on:SEND';
const END = '<<PLAN:End.:PLAN\n<<SEND[200]:done:SEND';
const LOOK = '<<PLAN:Look.:PLAN\n<<READ(hello.txt)::READ\n<<SEND[102]:on:SEND';
const RULES = [
  { name: 'texts', kind: 'edit', effect: 'allow', pattern: '*.txt' },
  { name: 'sources', kind: 'edit', effect: 'allow', pattern: 'src/**' },
  { name: 'not-a', kind: 'edit', effect: 'deny', pattern: 'src/a.ts' },
];

describe('settings of the operator', () => {
  const place = new Place();
  let daemon: DaemonProcess;
  let client: SocketClient;
  let workspace: string;
  before(async function () {
    this.timeout(60_000);
    const env = {
      PLURNK_POLICIES: JSON.stringify(RULES),
      PLURNK_DOCS_EXCLUDE: 'http, unknown',
      PLURNK_MAX_TURNS: '2',
      PLURNK_MD_HOUSE: place.file('house.md', 'The house rule is politeness.'),
      PLURNK_REQUIREMENTS: place.file('requirements.md', 'Answer in one line, says the operator.'),
    };
    daemon = await DaemonProcess.start(place, {
      scripts: { editor: [EDIT, END], endless: Array.from({ length: 9 }, () => LOOK) },
      env,
    });
    client = await daemon.connect();
    workspace = makeWorkspace(place.folder, 'workspace');
    await client.call('session.create', { projectRoot: workspace });
  });
  after(async () => {
    await daemon.stop();
    place.remove();
  });

  it('[ENG-66] PLURNK_POLICIES accept and deny in every session; the ledger names the rule', async () => {
    const started = await client.call('loop.run', { prompt: 'Change both', alias: 'editor' });
    assert.ok('loopId' in started);
    const waiting = await client.until('loop/proposal', ({ target }) => target.pathname === 'src/a.ts');
    const decided = await client.until('proposal/resolved', ({ logEntryId }) => logEntryId !== waiting.logEntryId);
    assert.deepEqual([decided.decision, decided.by], ['accept', 'policy:texts']);
    assert.equal(readFileSync(join(workspace, 'hello.txt'), 'utf8'), 'good day\nworld\n');
    await client.call('loop.resolve', { logEntryId: waiting.logEntryId, decision: 'reject' });
    await client.until('loop/terminated', ({ loopId }) => loopId === started.loopId);
  });

  it('[UI-55] PLURNK_MD_<ALIAS>, PLURNK_REQUIREMENTS and PLURNK_DOCS_EXCLUDE shape the packet', async () => {
    const { turns } = await client.call('run.turns', {});
    const { sections } = await client.call('packet.read', { turnId: turns[0]?.id ?? 0 });
    const text = (name: string): string => sections.find(section => section.name === name)?.content ?? '';
    assert.match(text('log'), /The house rule is politeness/);
    assert.match(text('requirements'), /says the operator/);
    const { entries } = await client.call('op.find', { scope: 'plurnk:///docs/*' });
    const pages = JSON.stringify(entries[0]?.rx);
    assert.ok(pages.includes('known') && !pages.includes('unknown') && !pages.includes('docs/http.md'), pages);
  });

  it('[ENG-32] PLURNK_MAX_TURNS is a ceiling: a caller may ask for less, not for more', async () => {
    const run = async (maxTurns: number) => {
      const started = await client.call('loop.run', { prompt: 'Go on', alias: 'endless', maxTurns });
      assert.ok('loopId' in started);
      return client.until('loop/terminated', ({ loopId }) => loopId === started.loopId);
    };
    const more = await run(9);
    assert.deepEqual([more.finalStatus, more.hitMaxTurns, more.turnIds.length], [429, true, 2]);
    assert.equal((await run(1)).turnIds.length, 1);
  });

  it('[RES-60] PLURNK_GIT_AUTO=0 lists only what is declared', async function () {
    this.timeout(60_000);
    const other = new Place();
    const quiet = await DaemonProcess.start(other, { env: { PLURNK_GIT_AUTO: '0' } });
    try {
      const peer = await quiet.connect();
      await peer.call('session.create', { projectRoot: makeWorkspace(other.folder, 'workspace') });
      const paths = async () => (await peer.call('session.members', {})).members.map(each => each.path);
      assert.deepEqual(await paths(), []);
      await peer.call('session.constrain', { effect: 'pick', glob: 'src/**' });
      assert.deepEqual(await paths(), ['/src/a.ts']);
      await peer.call('session.constrain', { effect: 'repo', glob: '.' });
      assert.deepEqual(await paths(), ['/hello.txt', '/src/a.ts']);
    } finally {
      await quiet.stop();
      other.remove();
    }
  });
});
