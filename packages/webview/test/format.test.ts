import assert from 'node:assert/strict';
import { formatCost, formatDuration, formatSize, formatTokens } from '../src/shared/format.ts';
import { setStrings, t } from '../src/shared/l10n.ts';

describe('numbers as a person reads them', () => {
  it('[UI-13] tokens', () => {
    assert.deepEqual([0, 950, 1000, 12_440, 123_456, 1_200_000].map(formatTokens), [
      '0',
      '950',
      '1 k',
      '12.4 k',
      '123 k',
      '1.2 M',
    ]);
  });

  it('[PKT-21] cost: unknown is said, nothing is nothing', () => {
    assert.deepEqual([null, 0, 1e8, 3.1e10, 2.5e12].map(formatCost), [
      'price unknown',
      '$0',
      '< $0.001',
      '$0.031',
      '$2.50',
    ]);
  });

  it('[UI-13] durations and sizes', () => {
    assert.deepEqual([40.4, 3200, 59_000, 125_000].map(formatDuration), ['40 ms', '3.2 s', '59 s', '2 min 5 s']);
    assert.deepEqual([12, 12_300, 5_000_000].map(formatSize), ['12 B', '12.3 kB', '5 MB']);
  });

  it('[UI-56] strings of the editor’s language, with what belongs in them; English where there is none', () => {
    setStrings({ '{0} turns': '{0} Runden' });
    assert.deepEqual([t('{0} turns', 3), t('1 turn'), t('{0} of {1}', 1)], ['3 Runden', '1 turn', '1 of {1}']);
    setStrings({});
  });
});
