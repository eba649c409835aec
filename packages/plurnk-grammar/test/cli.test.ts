import assert from 'node:assert/strict';
import { type SpawnSyncReturns, spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { PlurnkParser } from '../src/index.ts';

const COMMAND = fileURLToPath(new URL('../bin/plurnk-parse.mjs', import.meta.url));

function plurnkParse(args: readonly string[], input = ''): SpawnSyncReturns<string> {
  return spawnSync(process.execPath, ['--no-warnings', COMMAND, ...args], { input, encoding: 'utf8' });
}

describe('plurnk-parse', function () {
  this.timeout(180_000);

  let folder = '';
  before(() => {
    folder = mkdtempSync(join(tmpdir(), 'plurnk-parse-'));
  });
  after(() => rmSync(folder, { recursive: true }));

  const file = (text: string): string => {
    const path = join(folder, 'turn.plurnk');
    writeFileSync(path, text);
    return path;
  };

  it('[LNG-13] prints the result as JSON and exits 0', () => {
    const text = 'hi <<GET(x)::GET\n<<PLAN:é:PLAN<<SEND[200]:done:SEND';
    const { status, stdout, stderr } = plurnkParse([file(text)]);
    assert.deepEqual([status, stderr], [0, '']);
    assert.deepEqual(JSON.parse(stdout), JSON.parse(JSON.stringify(PlurnkParser.parse(text))));
  });

  it('[LNG-13] exits 1 on any error, the result printed all the same', () => {
    const { status, stdout } = plurnkParse([file('<<PLAN:p:PLAN<<READ(a<)::READ<<SEND[200]::SEND')]);
    assert.equal(status, 1);
    assert.match(stdout, /found `<` right before `\)`/);
  });

  it('[LNG-18] reads a bare sequence from standard input', () => {
    assert.equal(plurnkParse(['--statements'], '<<READ(a)::READ').status, 0);
    assert.equal(plurnkParse(['-'], '<<READ(a)::READ').status, 1);
  });

  it('[LNG-13] exits 2 with one line on a missing file or a wrong call', () => {
    for (const args of [[join(folder, 'none')], ['a', 'b'], ['--nope']]) {
      const { status, stdout, stderr } = plurnkParse(args);
      assert.deepEqual([status, stdout], [2, '']);
      assert.match(stderr, /^plurnk-parse: .+\n$/);
    }
    assert.match(plurnkParse(['--help']).stdout, /^Usage: plurnk-parse/);
  });
});
