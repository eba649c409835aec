import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { manifestWithSettings } from '../../../scripts/generate/manifest-settings.ts';
import { staleFiles } from '../../../scripts/generate.ts';
import { METHOD_NAMES, NOTIFICATIONS } from '../src/index.ts';

const root = join(import.meta.dirname, '../../..');

describe('what is generated from the protocol', () => {
  it('[RPC-6] docs/PROTOCOL.md and the settings of the manifest are not stale', async () => {
    assert.deepEqual(await staleFiles(), [], 'run `npm run generate`');
  });

  it('[RPC-6] the document has every method and notification', () => {
    const text = readFileSync(join(root, 'docs/PROTOCOL.md'), 'utf8');
    for (const name of [...METHOD_NAMES, ...Object.keys(NOTIFICATIONS)])
      assert.ok(text.includes(`\n### ${name}\n`), name);
  });

  it('[RPC-6] a manifest with another default is stale', () => {
    const manifest = readFileSync(join(root, 'package.json'), 'utf8');
    const changed = manifest.replace('"plurnk.maxStrikes": {', '"plurnk.maxStrikes": { "order": 1,');
    assert.notEqual(changed, manifest);
    assert.equal(manifestWithSettings(changed), manifest);
  });
});
