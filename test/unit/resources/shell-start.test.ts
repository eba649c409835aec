import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { shExecutor } from '../../../server/src/executors/sh-executor.ts';

describe('the shell of commands', () => {
  it('[RES-22] Bash reads no start file of the person: what it prints or waits for is not part of a command', async () => {
    const home = mkdtempSync(join(tmpdir(), 'plurnk-home-'));
    try {
      writeFileSync(join(home, '.bashrc'), 'echo from the start file\n');
      const { file, args } = shExecutor({ SHELL: '/bin/bash' }, 'linux').invocation('echo command');
      const child = spawn(file, [...args], { env: { HOME: home, PATH: process.env.PATH }, stdio: 'pipe' });
      let text = '';
      child.stdout.on('data', data => {
        text += String(data);
      });
      await once(child, 'close');
      assert.equal(text, 'command\n');
    } finally {
      rmSync(home, { recursive: true, force: true });
    }
  });
});
