import assert from 'node:assert/strict';
import { packageViolations } from '../../../scripts/package/create-package.ts';
import { thirdPartyNotices } from '../../../scripts/package/third-party.ts';

const FILES = [
  'package.json',
  'LICENSE',
  'README.md',
  'CHANGELOG.md',
  'dist/extension.cjs',
  'dist/server.js',
  'dist/sql-wasm.wasm',
  'media/chat.js',
  'media/icon.png',
  'l10n/bundle.l10n.de.json',
];
const MANIFEST = { main: './dist/extension.cjs', icon: 'media/icon.png', l10n: './l10n' };

describe('package', () => {
  it('[PF-9] accepts a small package without native modules', () => {
    assert.deepEqual(packageViolations(FILES, MANIFEST, 9_999_999), []);
  });

  it('[PF-9] refuses native modules, install scripts and 10 MB', () => {
    const files = [...FILES, 'dist/keytar.node', 'dist/libx.so'];
    const manifest = { ...MANIFEST, scripts: { postinstall: 'node fetch.js' } };
    assert.deepEqual(packageViolations(files, manifest, 10_000_000), [
      'native module: dist/keytar.node',
      'native module: dist/libx.so',
      'install script: postinstall',
      '10000000 bytes, the limit is 10000000',
    ]);
  });

  it('[PF-9] refuses one that lacks what it needs', () => {
    const without = FILES.filter(
      file => file !== 'dist/server.js' && file !== 'dist/extension.cjs' && !file.startsWith('l10n/'),
    );
    assert.deepEqual(packageViolations(without, MANIFEST, 1), [
      'missing: dist/extension.cjs',
      'missing: l10n',
      'missing: dist/server.js',
    ]);
  });

  it('names the licence of every bundled package once, also of nested and scoped ones', () => {
    const notices = thirdPartyNotices([
      'node_modules/lit/index.js',
      'node_modules/lit/html.js',
      'node_modules/@vscode-elements/elements/dist/main.js',
      'server/src/main.ts',
    ]);
    assert.equal(notices.match(/^## lit \d/gm)?.length, 1);
    assert.match(notices, /^## @vscode-elements\/elements \d/m);
    assert.match(notices, /^## sql\.js .*MIT/m);
    assert.match(notices, /Permission is hereby granted/);
  });
});
