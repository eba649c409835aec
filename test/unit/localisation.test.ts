import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { shownStrings, unreadableCalls } from '../../scripts/checks/strings.ts';
import { projectRoot } from '../../scripts/host/paths.ts';

const read = (file: string) => JSON.parse(readFileSync(join(projectRoot, file), 'utf8')) as Record<string, string>;

describe('localisation', () => {
  const german = read('l10n/bundle.l10n.de.json');
  const shown = shownStrings();

  it('[UI-56] every text of the client and the webviews is written out where it is used', () => {
    assert.ok(shown.length > 200);
    assert.deepEqual(unreadableCalls(), []);
  });

  it('[UI-56] every text has a German one, and none is left over', () => {
    assert.deepEqual(
      shown.filter(text => !(text in german)),
      [],
      'not translated',
    );
    assert.deepEqual(
      Object.keys(german).filter(text => !shown.includes(text)),
      [],
      'not used any more',
    );
  });

  it('[UI-56] placeholders survive translation', () => {
    const holes = (text: string) => [...text.matchAll(/\{\d\}|\$\([a-z-]+\)/g)].map(([hole]) => hole).sort();
    for (const [english, translated] of Object.entries(german))
      assert.deepEqual(holes(translated), holes(english), english);
  });

  it('[UI-56] the manifest names only texts that exist in both languages', () => {
    const used = [...readFileSync(join(projectRoot, 'package.json'), 'utf8').matchAll(/%([\w.]+)%/g)].map(
      match => match[1] ?? '',
    );
    const [english, translated] = [read('package.nls.json'), read('package.nls.de.json')];
    assert.deepEqual(
      [...new Set(used)].filter(key => !(key in english) || !(key in translated)),
      [],
    );
    assert.deepEqual(Object.keys(english).sort(), Object.keys(translated).sort());
  });
});
