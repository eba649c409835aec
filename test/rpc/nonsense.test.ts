import assert from 'node:assert/strict';
import { driveNonsense } from './nonsense/drive.ts';
import { faultsOf } from './nonsense/faults.ts';

const TURNS = 15;

/** The long version is `npm run nonsense -- --turns 500`. */
describe('a model that talks nonsense', () => {
  it(`[#8] [LNG-20] ${TURNS} turns of a random llama.cpp through the daemon break nothing and leave nothing open`, async function () {
    this.timeout(180_000);
    const result = await driveNonsense({ turns: TURNS, seed: 8 });
    assert.deepEqual(faultsOf(result), []);
    assert.ok(result.turns >= TURNS);
    assert.ok(result.ledger.rows > result.turns * 2);
  });
});
