import assert from 'node:assert/strict';
import { readSettings, SETTINGS, type SettingSpec } from '../src/index.ts';

/** Every environment variable that part 5 names. */
const NAMED =
  `PLURNK_DB_PATH PLURNK_HOST PLURNK_PORT PLURNK_TOKEN PLURNK_MODEL PLURNK_MODEL_<ALIAS> PLURNK_BASE_URL_<ALIAS>
PLURNK_MAX_TURNS PLURNK_MAX_COMMANDS PLURNK_MAX_STRIKES PLURNK_MIN_CYCLES PLURNK_MAX_CYCLE_PERIOD PLURNK_LOOP_TIMEOUT
PLURNK_RPC_TIMEOUT PLURNK_PROPOSAL_TIMEOUT_MS PLURNK_BUDGET_CEILING PLURNK_FILES_ITEMS PLURNK_MD_<ALIAS> PLURNK_POLICY
PLURNK_PROJECT PLURNK_PACKET_INJECT PLURNK_REQUIREMENTS PLURNK_PROMPT_PREVIEW_CHARS PLURNK_DOCS_EXCLUDE PLURNK_EXEC_WAIT_MS
PLURNK_EXEC_KILL_GRACE_MS PLURNK_SESSION_RUNS_MAX_ACTIVE PLURNK_GIT_ALLOWED PLURNK_GIT_AUTO PLURNK_EMBED_DISABLE
PLURNK_PROVIDERS_GBNF PLURNK_PROVIDERS_FETCH_TIMEOUT PLURNK_API_KEY_<ALIAS> PLURNK_CONTEXT_<ALIAS>`.split(/\s+/);

describe('settings', () => {
  it('[RPC-6] has every environment variable of the protocol once', () => {
    const env = Object.values(SETTINGS).flatMap((spec: SettingSpec) => (spec.env === null ? [] : [spec.env]));
    for (const name of NAMED) assert.ok(env.includes(name), name);
    assert.equal(new Set(env).size, env.length);
  });

  it('[UI-55] takes the defaults of part 5', () => {
    const { values } = readSettings({});
    const { host, port, maxTurns, maxCommands, maxStrikes, minCycles, maxCyclePeriod } = values;
    assert.deepEqual(
      [host, port, maxTurns, maxCommands, maxStrikes, minCycles, maxCyclePeriod],
      ['127.0.0.1', 3044, -1, 99, 3, 3, 4],
    );
    assert.deepEqual(
      [values.loopTimeout, values.rpcTimeout, values.proposalTimeout, values.execWait, values.sessionRunsMaxActive],
      [86_400_000, 30_000, 300_000, 0, 8],
    );
  });

  it('[UI-55] a default of the editor wins over the environment, of a ceiling the tighter one wins', () => {
    const env = { PLURNK_MAX_STRIKES: '5', PLURNK_MAX_TURNS: '10', PLURNK_MAX_COMMANDS: '50', PLURNK_GIT_ALLOWED: '0' };
    const { values } = readSettings(env, { maxStrikes: 2, maxTurns: 20, maxCommands: 7, gitAllowed: true });
    assert.deepEqual([values.maxStrikes, values.maxTurns, values.maxCommands, values.gitAllowed], [2, 10, 7, false]);
    assert.equal(readSettings({ PLURNK_MAX_TURNS: '-1' }, { maxTurns: 4 }).values.maxTurns, 4);
    assert.equal(readSettings({ PLURNK_EMBED_DISABLE: '1' }, { embedDisable: false }).values.embedDisable, true);
  });

  it('[UI-55] says what makes no sense, uses the default, and never repeats a value', () => {
    const { values, problems } = readSettings(
      { PLURNK_PORT: 'secret-port', PLURNK_MAX_STRIKES: '0' },
      { maxTurns: 'many' },
    );
    assert.deepEqual([values.port, values.maxStrikes, values.maxTurns], [3044, 3, -1]);
    assert.equal(problems.length, 3);
    assert.ok(problems.every(problem => !problem.includes('secret-port')));
  });
});
