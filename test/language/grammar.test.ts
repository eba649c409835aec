import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { writeGrammarConfig } from './grammar-config.ts';

const run = promisify(execFile);
const root = fileURLToPath(new URL('../..', import.meta.url)).replace(/[/\\]$/, '');
const cases = join(root, 'test/language/grammar');
const snap = join(root, 'node_modules/vscode-tmgrammar-test/dist/snapshot.js');

describe('[UI-40] TextMate grammar', function () {
  this.timeout(60_000);
  const folder = mkdtempSync(join(tmpdir(), 'plurnk-grammar-'));
  const config = join(folder, 'package.json');
  before(() => writeGrammarConfig(root, config));
  after(() => rmSync(folder, { recursive: true, force: true }));

  for (const name of readdirSync(cases).filter(file => /\.(plurnk|md)$/.test(file))) {
    it(`[UI-40] colours ${name} as its snapshot says`, async () => {
      assert.ok(readFileSync(join(cases, `${name}.snap`), 'utf8').length > 0, 'the snapshot is missing');
      await assertSnapshot(config, join(cases, name));
    });
  }

  it('[UI-40] a Markdown paragraph after an unclosed statement in a fence is Markdown again', () => {
    const lines = readFileSync(join(cases, 'fences.md.snap'), 'utf8').split('\n');
    const at = lines.findIndex(line => line.startsWith('>Text after an unclosed statement'));
    assert.match(lines[at + 1] ?? '', /text\.html\.markdown meta\.paragraph\.markdown$/);
  });

  it('[UI-40] the grammars on disk are what build-grammar.ts writes', async () => {
    const files = ['plurnk.tmLanguage.json', 'plurnk.markdown-injection.tmLanguage.json'].map(f =>
      join(root, 'syntaxes', f),
    );
    const before = files.map(file => readFileSync(file, 'utf8'));
    await run(process.execPath, [join(root, 'syntaxes/build-grammar.ts')]);
    assert.deepEqual(
      files.map(file => readFileSync(file, 'utf8')),
      before,
    );
  });
});

async function assertSnapshot(config: string, file: string): Promise<void> {
  try {
    await run(process.execPath, [snap, '--config', config, file], {
      cwd: root,
      env: { ...process.env, NODE_OPTIONS: '' },
    });
  } catch (error) {
    const { stdout, stderr } = error as { stdout?: string; stderr?: string };
    assert.fail(`${stdout ?? ''}\n${stderr ?? String(error)}`);
  }
}
