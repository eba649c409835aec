import assert from 'node:assert/strict';
import { importViolations } from '../../../scripts/check-imports.ts';
import { importsOf } from '../../../scripts/checks/source-files.ts';

const violations = (path: string, text: string) => importViolations([{ path, text }]);

describe('import boundaries', () => {
  const refused: [string, string, RegExp][] = [
    ['server/src/engine/a.ts', "import * as vscode from 'vscode';", /imports 'vscode'/],
    ['packages/webview/src/chat/a.ts', "import type { Uri } from 'vscode';", /imports 'vscode'/],
    ['packages/plurnk-grammar/src/a.ts', "import type { X } from '@plurnk/protocol';", /imports @plurnk\/protocol/],
    ['client/src/a.ts', "import { parse } from '@plurnk/plurnk-grammar';", /imports @plurnk\/plurnk-grammar/],
    ['client/src/a.ts', "const m = await import('@plurnk/plurnk-providers');", /imports @plurnk\/plurnk-providers/],
    ['server/src/rpc/a.ts', "export { x } from '@plurnk/protocol/src/x.ts';", /by what it exports/],
    ['client/src/a.ts', "import { x } from '../../server/src/x.ts';", /by package name only/],
    ['server/src/engine/a.ts', "import initSqlJs from 'sql.js';", /only server\/src\/store/],
    ['server/src/store/a.ts', "import type { X } from '../engine/contract.ts';", /store is below engine/],
    ['server/src/schemes/a.ts', "import { x } from '../rpc/x.ts';", /schemes is below rpc/],
    ['server/src/store/a.ts', "import { x } from '../content/outline.ts';", /only the contract of its peer/],
    ['server/src/packet/a.ts', "import { x } from '../schemes/file-scheme.ts';", /only the contract of its peer/],
    ['server/src/language/a.ts', "import { x } from '../engine/loop.ts';", /language reads/],
    ['server/src/engine/a.ts', "import { x } from '../container.ts';", /only the composition root/],
    ['server/src/novel/a.ts', "import { x } from '../store/contract.ts';", /does not know/],
    ['server/src/engine/a.ts', "db.run('SELECT id FROM runs');", /contains SQL/],
    ['server/src/engine/a.ts', 'db.run(`\n  INSERT INTO runs VALUES (1)`);', /contains SQL/],
    ['scripts/a.ts', "readFileSync('../shared/spec.md');", /shared folder/],
    ['test/unit/a.test.ts', "import x from '../../../outside/x.ts';", /outside the repository/],
  ];
  for (const [path, text, message] of refused)
    it(`refuses ${text.replaceAll('\n', ' ')} in ${path}`, () => {
      const found = violations(path, text);
      assert.equal(found.length, 1, found.join('\n'));
      assert.match(found[0] ?? '', message);
    });

  const allowed: [string, string][] = [
    ['client/src/a.ts', "import * as vscode from 'vscode';\nimport type { X } from '@plurnk/protocol';"],
    [
      'packages/webview/src/chat/a.ts',
      "import { x } from '../shared/x.ts';\nimport type { Y } from '@plurnk/protocol/webview';",
    ],
    ['test/vscode/a.test.ts', "import * as vscode from 'vscode';"],
    ['server/src/engine/a.ts', "import { x } from '../store/run-store.ts';\nimport { y } from '../packet/build.ts';"],
    ['server/src/executors/a.ts', "import type { OpContext } from '../schemes/contract.ts';"],
    ['server/src/container.ts', "import { x } from './engine/loop.ts';\nimport { y } from './rpc/table.ts';"],
    ['server/src/store/run-store.ts', "db.run('SELECT id FROM runs');"],
    ['server/src/engine/a.ts', "// SELECT id FROM runs\n/* import '../rpc/x.ts' */"],
  ];
  for (const [path, text] of allowed)
    it(`allows ${text.replaceAll('\n', ' ')} in ${path}`, () => assert.deepEqual(violations(path, text), []));

  it('finds every form of an import, with its line', () => {
    const text = [
      "import a from 'one';",
      "import type { B } from 'two';",
      'import {',
      '  c,',
      "} from 'three';",
      "import 'four';",
      "export * from 'five';",
      "const d = await import('six');",
      "const e = require('seven');",
      "type F = import('eight').F;",
      "// import g from 'nine';",
    ].join('\n');
    assert.deepEqual(
      importsOf(text).map(({ specifier, line }) => `${line} ${specifier}`),
      ['1 one', '2 two', '3 three', '6 four', '7 five', '8 six', '9 seven', '10 eight'],
    );
  });
});
