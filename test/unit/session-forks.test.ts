import assert from 'node:assert/strict';
import { METHOD_NAMES, METHODS } from '@plurnk/protocol';

describe('what can be forked', () => {
  it('[ENG-6] a run can, a session cannot: no method offers it', () => {
    const forks = METHOD_NAMES.filter(name => /fork/i.test(name));
    assert.deepEqual(forks, ['run.fork']);
    assert.deepEqual(Object.keys(METHODS['run.fork'].params.shape).sort(), ['atTurn', 'name', 'runId']);
  });
});
