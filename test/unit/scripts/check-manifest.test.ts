import assert from 'node:assert/strict';
import { manifestViolations, stringViolations } from '../../../scripts/check-manifest.ts';
import { lockFileViolations } from '../../../scripts/checks/lock-file.ts';

const CLIENT = "registerCommand('plurnk.open', open); const view = 'plurnk.chat';";
const GOOD = {
  main: './dist/extension.cjs',
  contributes: {
    commands: [{ command: 'plurnk.open', title: 'Open' }],
    menus: { 'view/title': [{ command: 'plurnk.open' }] },
    keybindings: [{ command: 'plurnk.open' }],
    viewsContainers: { activitybar: [{ id: 'plurnk' }] },
    views: { plurnk: [{ id: 'plurnk.chat' }] },
  },
};
const everyFile = () => true;

describe('manifest', () => {
  it('accepts one that agrees with the code', () => {
    assert.deepEqual(manifestViolations(GOOD, CLIENT, everyFile), []);
  });

  const broken: [string, object, string, RegExp][] = [
    [
      'a command nobody registers',
      { commands: [{ command: 'plurnk.gone' }], menus: {}, keybindings: [] },
      "'plurnk.chat'",
      /plurnk.gone is contributed/,
    ],
    ['a menu of an unknown command', { menus: { x: [{ command: 'plurnk.typo' }] } }, CLIENT, /uses plurnk.typo/],
    ['a keybinding of an unknown command', { keybindings: [{ command: 'plurnk.typo' }] }, CLIENT, /uses plurnk.typo/],
    ['an unknown submenu', { menus: { x: [{ submenu: 'plurnk.sub' }] } }, CLIENT, /submenu plurnk.sub/],
    [
      'a registered command that is not contributed',
      {},
      `${CLIENT} registerCommand('plurnk.secret', f)`,
      /registers plurnk.secret/,
    ],
    ['a view nobody provides', { views: { plurnk: [{ id: 'plurnk.none' }] } }, CLIENT, /plurnk.none is contributed/],
    ['a view in an unknown container', { views: { nowhere: [{ id: 'plurnk.chat' }] } }, CLIENT, /views are in nowhere/],
  ];
  for (const [name, change, client, message] of broken)
    it(`refuses ${name}`, () => {
      const manifest = { ...GOOD, contributes: { ...GOOD.contributes, ...change } };
      const found = manifestViolations(manifest, client, everyFile);
      assert.equal(found.length, 1, found.join('\n'));
      assert.match(found[0] ?? '', message);
    });

  it('[UI-56] refuses a text that is not localised whole, a language that lacks one, and a text that nobody uses', () => {
    const strings = { 'step.text': 'Look', left: 'over' };
    const manifest = {
      contributes: { walkthroughs: [{ description: '%step.text% now' }], commands: [{ title: '%gone%' }] },
    };
    assert.deepEqual(stringViolations(manifest, { 'package.nls.json': strings }), [
      'package.json: .contributes.walkthroughs.0.description is not localised',
      'package.nls.json lacks gone',
      'package.nls.json has step.text, which package.json does not use',
      'package.nls.json has left, which package.json does not use',
    ]);
    const fine = {
      contributes: {
        commands: [{ title: '%step.text%', category: 'Plurnk' }],
        tools: [{ modelDescription: 'For models.' }],
      },
    };
    assert.deepEqual(stringViolations(fine, { 'package.nls.json': { 'step.text': 'Look' } }), []);
  });

  it('refuses a file that does not exist', () => {
    const found = manifestViolations(GOOD, CLIENT, path => path !== 'dist/extension.cjs');
    assert.deepEqual(found, ['package.json names dist/extension.cjs, which does not exist after a build']);
  });
});

describe('lock file', () => {
  it('refuses an address and an inexact pin', () => {
    const lock = {
      packages: {
        'node_modules/a': { version: '1.0.0', resolved: 'https://registry.example/a.tgz' },
        'node_modules/b': { version: '2.0.1' },
        'node_modules/@plurnk/protocol': { resolved: 'packages/protocol', link: true },
      },
    };
    const found = lockFileViolations({ dependencies: { a: '1.0.0', b: '^2.0.0' } }, lock);
    assert.equal(found.length, 2);
    assert.match(found[0] ?? '', /address for node_modules\/a/);
    assert.match(found[1] ?? '', /b is \^2\.0\.0/);
  });
});
