import assert from 'node:assert/strict';
import { chmod, lstat, readFile, rm, stat, symlink, unlink, writeFile } from 'node:fs/promises';
import iconv from 'iconv-lite';
import type { EditorBridge, EditorEdit } from '../../../server/src/workspace/contract.ts';
import { World, writeFiles } from './support/world.ts';

/** An editor with open, unsaved buffers, as the client would answer for it. */
class Editor implements EditorBridge {
  readonly buffers = new Map<string, string>();
  readonly edits: EditorEdit[] = [];
  refuses: string | null = null;

  bufferText(absolutePath: string): string | null {
    return this.buffers.get(absolutePath) ?? null;
  }

  async applyEdit(edit: EditorEdit): Promise<{ applied: boolean; reason?: string }> {
    if (this.refuses !== null) return { applied: false, reason: this.refuses };
    this.edits.push(edit);
    if (edit.kind === 'write') {
      this.buffers.delete(edit.path);
      await writeFile(edit.path, edit.text);
    } else if (edit.kind === 'delete') await unlink(edit.path);
    return { applied: true };
  }
}

const bytes = (world: World, name: string): Promise<Buffer> => readFile(world.file(name));

describe('writing project files', () => {
  let world: World;
  const make = async (...options: Parameters<typeof World.make>): Promise<World> => {
    world = await World.make(...options);
    return world;
  };
  afterEach(() => world.dispose());

  const FORMS: readonly { readonly name: string; readonly before: Buffer; readonly after: Buffer }[] = [
    { name: 'UTF-8', before: Buffer.from('ä\nb\n'), after: Buffer.from('ä\nü\n') },
    { name: 'UTF-8 with BOM', before: Buffer.from('\ufeffä\nb\n'), after: Buffer.from('\ufeffä\nü\n') },
    { name: 'CRLF', before: Buffer.from('a\r\nb\r\n'), after: Buffer.from('a\r\nü\r\n') },
    { name: 'mixed line endings', before: Buffer.from('a\nb\r\nc\r\n'), after: Buffer.from('a\nü\r\nc\r\n') },
    { name: 'no final newline', before: Buffer.from('a\nb'), after: Buffer.from('a\nü') },
    {
      name: 'UTF-16 LE with BOM',
      before: iconv.encode('a\r\nb\r\n', 'utf16-le', { addBOM: true }),
      after: iconv.encode('a\r\nü\r\n', 'utf16-le', { addBOM: true }),
    },
    {
      name: 'UTF-16 BE with BOM',
      before: iconv.encode('a\nb\n', 'utf16-be', { addBOM: true }),
      after: iconv.encode('a\nü\n', 'utf16-be', { addBOM: true }),
    },
    {
      name: 'Windows-1252',
      before: iconv.encode('é€\nb\n', 'windows-1252'),
      after: iconv.encode('é€\nü\n', 'windows-1252'),
    },
    {
      name: 'bytes that Windows-1252 leaves undefined',
      before: Buffer.from([0x81, 0xe9, 0x0a, 0x62]),
      after: Buffer.from([0x81, 0xe9, 0x0a, 0xfc]),
    },
  ];
  for (const { name, before, after } of FORMS) {
    it(`[RES-63] an edited line keeps the rest byte for byte: ${name}`, async () => {
      const made = await make({ files: { 'f.txt': before } });
      assert.equal(await made.status('<<EDIT(f.txt)<2>:ü:EDIT'), 200);
      assert.deepEqual(await bytes(made, 'f.txt'), after);
    });
  }

  it('[RES-63] text that a single-byte encoding cannot spell is written as UTF-8', async () => {
    const made = await make({ files: { 'f.txt': iconv.encode('é\nb\n', 'windows-1252') } });
    assert.equal(await made.status('<<EDIT(f.txt)<2>:日本:EDIT'), 200);
    assert.deepEqual(await bytes(made, 'f.txt'), Buffer.from('é\n日本\n'));
  });

  it('[RES-63] mode bits are kept, and a link stays a link', async () => {
    const made = await make({ files: { 'run.sh': '#!/bin/sh\necho a\n' } });
    await chmod(made.file('run.sh'), 0o754);
    await symlink('run.sh', made.file('link.sh'));
    assert.equal(await made.status('<<EDIT(link.sh)<2>:echo b:EDIT'), 200);
    assert.equal((await stat(made.file('run.sh'))).mode & 0o777, 0o754);
    assert.ok((await lstat(made.file('link.sh'))).isSymbolicLink());
    assert.equal((await bytes(made, 'run.sh')).toString(), '#!/bin/sh\necho b\n');
  });

  it('[RES-63] a file that changed since it was read is a write conflict, and nothing is written', async () => {
    const made = await make({ files: { 'f.txt': 'a\n' } });
    const { proposal } = await made.one('<<EDIT(f.txt):b:EDIT', { answer: 'leave' });
    assert.equal(await proposal?.stale(), false);
    await writeFile(made.file('f.txt'), 'somebody else\n');
    assert.equal(await proposal?.stale(), true);
    const result = await proposal?.apply(null, made.context());
    assert.equal(result?.status, 409);
    assert.equal(result?.outcome, 'write_conflict');
    assert.equal((await bytes(made, 'f.txt')).toString(), 'somebody else\n');
    const [change] = await made.workspace.sync(made.session.id);
    assert.equal(change?.after?.text, 'somebody else\n');
  });

  it('[RES-63] a create conflicts if the path has appeared, an edit if the file is gone', async () => {
    const made = await make({ files: { 'f.txt': 'a\n' } });
    const created = await made.one('<<EDIT(new.txt):x:EDIT', { answer: 'leave' });
    const edited = await made.one('<<EDIT(f.txt):x:EDIT', { answer: 'leave' });
    await writeFiles(made.root, { 'new.txt': 'theirs' });
    await rm(made.file('f.txt'));
    assert.equal((await created.proposal?.apply(null, made.context()))?.outcome, 'write_conflict');
    assert.equal((await edited.proposal?.apply(null, made.context()))?.outcome, 'write_conflict');
    assert.equal((await bytes(made, 'new.txt')).toString(), 'theirs');
  });

  it('[RES-63] KILL and MOVE compare before they act', async () => {
    const made = await make({ files: { 'f.txt': 'a\n', 'g.txt': 'g\n' } });
    const killed = await made.one('<<KILL(f.txt):KILL', { answer: 'leave' });
    const moved = await made.one('<<MOVE(g.txt):h.txt:MOVE', { answer: 'leave' });
    await writeFiles(made.root, { 'f.txt': 'changed', 'g.txt': 'changed' });
    assert.equal((await killed.proposal?.apply(null, made.context()))?.outcome, 'write_conflict');
    assert.equal((await moved.proposal?.apply(null, made.context()))?.outcome, 'write_conflict');
    assert.equal((await bytes(made, 'f.txt')).toString(), 'changed');
    assert.equal((await bytes(made, 'g.txt')).toString(), 'changed');
  });

  it('[ENG-62] an amended text is what is written, and the row shows it', async () => {
    const made = await make({ files: { 'f.txt': 'a\nb\n' } });
    const row = await made.one('<<EDIT(f.txt)<1>:x:EDIT', { answer: { amended: 'a\nperson\n' } });
    assert.equal(row.rx, '1:\ta\n2:\tperson');
    assert.equal((await bytes(made, 'f.txt')).toString(), 'a\nperson\n');
  });

  it('[ENG-60] a file proposal carries a diff, counts and its baseline', async () => {
    const made = await make({ files: { 'f.txt': 'a\nb\nc\n' } });
    const { proposal } = await made.one('<<EDIT(f.txt)<2>:x\ny:EDIT', { answer: 'leave' });
    assert.equal(proposal?.body, '--- a/f.txt\n+++ b/f.txt\n@@ -1,3 +1,4 @@\n a\n-b\n+x\n+y\n c\n');
    assert.equal(proposal?.attrs.added, 2);
    assert.equal(proposal?.attrs.removed, 1);
    assert.equal(proposal?.baseline, 'a\nb\nc\n');
    assert.equal(proposal?.proposed, 'a\nx\ny\nc\n');
    assert.equal(proposal?.attrs.created, false);
  });

  it('[RES-62] READ sees the unsaved buffer, and it is the baseline of the edit', async () => {
    const editor = new Editor();
    const made = await make({ files: { 'f.txt': 'disk\n' }, workspace: { bridge: () => editor } });
    editor.buffers.set(made.file('f.txt'), 'unsaved\r\nbuffer\r\n');
    assert.equal((await made.one('<<READ(f.txt):READ')).rx, '1:\tunsaved\n2:\tbuffer');
    assert.equal((await made.find('<<FIND(**):#unsaved#:FIND')).length, 1);
    assert.equal((await made.find('<<FIND(**):#disk#:FIND')).length, 0);
    assert.equal(await made.status('<<EDIT(f.txt)<2>:edited:EDIT'), 200);
    assert.deepEqual(editor.edits, [
      { kind: 'write', path: made.file('f.txt'), text: 'unsaved\nedited\n', create: false },
    ]);
  });

  it('[RES-63] a buffer that moved is a conflict; one that was merely saved is none', async () => {
    const editor = new Editor();
    const made = await make({ files: { 'f.txt': 'disk\n' }, workspace: { bridge: () => editor } });
    editor.buffers.set(made.file('f.txt'), 'typed\n');
    const first = await made.one('<<EDIT(f.txt):x:EDIT', { answer: 'leave' });
    editor.buffers.set(made.file('f.txt'), 'typed more\n');
    assert.equal((await first.proposal?.apply(null, made.context()))?.outcome, 'write_conflict');
    await made.workspace.sync(made.session.id);
    const second = await made.one('<<EDIT(f.txt):x:EDIT', { answer: 'leave' });
    editor.buffers.delete(made.file('f.txt'));
    await writeFile(made.file('f.txt'), 'typed more\n');
    assert.equal((await second.proposal?.apply(null, made.context()))?.status, 200);
  });

  it('[RES-64] with an editor attached every change goes through it; its refusal is apply_failed', async () => {
    const editor = new Editor();
    const made = await make({ files: { 'f.txt': 'a\n', 'g.txt': 'g\n' }, workspace: { bridge: () => editor } });
    assert.equal(await made.status('<<EDIT(new.txt):n:EDIT'), 200);
    assert.equal(await made.status('<<KILL(g.txt):KILL'), 200);
    assert.deepEqual(
      editor.edits.map(edit => edit.kind),
      ['write', 'delete'],
    );
    editor.refuses = 'read-only editor';
    const row = await made.one('<<EDIT(f.txt):b:EDIT');
    assert.equal(row.outcome, 'apply_failed');
    assert.match(row.rx ?? '', /read-only editor/);
    assert.equal((await bytes(made, 'f.txt')).toString(), 'a\n');
  });

  it('[RES-61] a file enters the database when it is read, not when it is listed or searched', async () => {
    const made = await make({ files: { 'a.txt': 'needle\n', 'b.txt': 'b\n' } });
    const stored = () =>
      made.store.entries.list({ sessionId: made.session.id, scheme: null }).map(entry => entry.pathname);
    await made.op('<<FIND(**):FIND');
    await made.op('<<FIND(**):#needle#:FIND');
    assert.deepEqual(stored(), []);
    await made.op('<<READ(a.txt):READ');
    assert.deepEqual(stored(), ['a.txt']);
  });

  it('[ENG-50] sync tells what changed on disk among known files, once, and not our own writes', async () => {
    const made = await make({ files: { 'a.txt': 'a\n', 'b.txt': 'b\n', 'c.txt': 'c\n' } });
    for (const name of ['a.txt', 'b.txt']) await made.op(`<<READ(${name}):READ`);
    await made.op('<<EDIT(a.txt):ours:EDIT');
    assert.deepEqual(await made.workspace.sync(made.session.id), []);
    await writeFiles(made.root, { 'a.txt': 'theirs', 'c.txt': 'unknown to the session' });
    await rm(made.file('b.txt'));
    const changes = await made.workspace.sync(made.session.id);
    assert.deepEqual(
      changes.map(({ path, before, after }) => [path, before?.text, after?.text]),
      [
        ['a.txt', 'ours', 'theirs'],
        ['b.txt', 'b\n', undefined],
      ],
    );
    assert.deepEqual(await made.workspace.sync(made.session.id), []);
  });

  it('[RES-18] MOVE of a file into an entry: the file goes when it is accepted, and only then the entry exists', async () => {
    const made = await make({ files: { 'note.md': 'text\n' } });
    const row = await made.one('<<MOVE(note.md):known:///note.md:MOVE', { answer: 'leave' });
    assert.equal(await made.status('<<READ(known:///note.md):READ'), 404);
    assert.equal((await row.proposal?.apply(null, made.context()))?.status, 201);
    assert.equal((await made.one('<<READ(known:///note.md):READ')).rx, '1:\ttext');
    assert.equal(await made.status('<<READ(note.md):READ'), 404);
  });

  it('[RES-18] MOVE of an entry into a file: the entry goes when the file is written', async () => {
    const made = await make();
    await made.op('<<EDIT[t](known:///note.md):text:EDIT');
    const row = await made.one('<<MOVE(known:///note.md):docs/note.md:MOVE', { answer: 'leave' });
    assert.equal(await made.status('<<READ(known:///note.md):READ'), 200);
    assert.equal((await row.proposal?.apply(null, made.context()))?.status, 200);
    assert.equal(await made.status('<<READ(known:///note.md):READ'), 404);
    assert.equal((await bytes(made, 'docs/note.md')).toString(), 'text');
    assert.equal((await made.find('<<FIND[t](docs/note.md):FIND')).length, 1);
  });

  it('[RES-6] a file larger than a channel is 413', async () => {
    const made = await make();
    await writeFile(made.file('big.txt'), Buffer.alloc(100 * 1024 * 1024 + 1, 97));
    assert.equal(await made.status('<<READ(big.txt):READ'), 413);
    assert.equal(await made.status('<<EDIT(big.txt)<1>:x:EDIT'), 413);
  });
});
