import assert from 'node:assert/strict';
import * as vscode from 'vscode';

interface Contributions {
  readonly commands: readonly { readonly command: string }[];
}

describe('manifest in the editor', () => {
  const extension = () => {
    const found = vscode.extensions.getExtension('plurnk.plurnk');
    assert.ok(found, 'the extension is there');
    return found;
  };

  it('[UI-1] activates without an error', async () => {
    await extension().activate();
    assert.equal(extension().isActive, true);
  });

  it('[UI-55] every contributed command is registered, and nothing beyond but internal ones', async () => {
    await extension().activate();
    const contributed = (extension().packageJSON.contributes as Contributions).commands.map(({ command }) => command);
    const registered = (await vscode.commands.getCommands(true)).filter(id => id.startsWith('plurnk.'));
    // The editor itself registers commands for every view and container: focus, open, resetViewLocation, …
    const ofViews = /^plurnk\.(?:chat|pending|entries)\.|^plurnk\.internal\./;
    assert.deepEqual(
      contributed.filter(id => !registered.includes(id)),
      [],
      'contributed but not registered',
    );
    assert.deepEqual(
      registered.filter(id => !contributed.includes(id) && !ofViews.test(id)),
      [],
      'registered but not contributed',
    );
  });

  it('[UI-55] every setting has a description and a default', () => {
    const sections = [extension().packageJSON.contributes.configuration].flat() as {
      properties: Record<string, { description?: string; markdownDescription?: string; default?: unknown }>;
    }[];
    const settings = sections.flatMap(({ properties }) => Object.entries(properties));
    assert.ok(settings.length > 0);
    const incomplete = settings.filter(
      ([, { description, markdownDescription, ...rest }]) =>
        !(description ?? markdownDescription) || !('default' in rest),
    );
    assert.deepEqual(
      incomplete.map(([name]) => name),
      [],
    );
  });
});
