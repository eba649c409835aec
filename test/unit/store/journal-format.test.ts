import assert from 'node:assert/strict';
import {
  decodeSegmentHeader,
  encodeRecord,
  encodeSegmentHeader,
  type JournalRecord,
  SEGMENT_HEADER_BYTES,
  scanRecords,
} from '../../../server/src/store/journal-format.ts';
import { decodeIds, encodeIds } from '../../../server/src/store/part-list.ts';

const RECORDS: readonly JournalRecord[] = [
  {
    seq: 1,
    statements: [
      { sql: 'INSERT INTO t VALUES (?, ?, ?, ?)', params: [null, 1.5, 'ü\u{1F600}', new Uint8Array([0, 255])] },
    ],
  },
  {
    seq: 2,
    statements: [
      { sql: 'DELETE FROM t', params: [] },
      { sql: 'UPDATE t SET a = ?', params: [2 ** 53 - 1] },
    ],
  },
  { seq: 3, statements: [{ sql: 'INSERT INTO t VALUES (?)', params: ['x'.repeat(200_000)] }] },
];

function segment(records: readonly JournalRecord[], tail = 0): Uint8Array {
  return Buffer.concat([
    encodeSegmentHeader({ number: 7, firstSeq: 1 }),
    ...records.map(encodeRecord),
    Buffer.alloc(tail),
  ]);
}

function read(bytes: Uint8Array): { records: JournalRecord[]; end: number; clean: boolean } {
  const records: JournalRecord[] = [];
  const end = scanRecords(bytes, bytes.length, record => {
    records.push(record);
    return true;
  });
  return { records, ...end };
}

describe('journal format', () => {
  it('[RL-1] reads back every value as it was written', () => {
    assert.deepEqual(read(segment(RECORDS)), { records: RECORDS, end: segment(RECORDS).length, clean: true });
  });

  it('[RL-1] takes zeros behind the last record for unwritten space', () => {
    const { end, clean } = read(segment(RECORDS, 5000));
    assert.deepEqual({ end, clean }, { end: segment(RECORDS).length, clean: true });
  });

  it('[RL-2] stops before a record that is cut anywhere', () => {
    const small = RECORDS.slice(0, 2);
    const whole = segment(small);
    const first = SEGMENT_HEADER_BYTES + encodeRecord(RECORDS[0] as JournalRecord).length;
    for (let size = first + 1; size < whole.length; size++) {
      const { records, end, clean } = read(whole.subarray(0, size));
      assert.equal(records.length, 1, `cut at ${size}`);
      assert.equal(end, first);
      // A cut that leaves only zeros of the frame cannot be told from unwritten space, and loses nothing either.
      if (whole.subarray(first, size).some(byte => byte !== 0)) assert.equal(clean, false, `cut at ${size}`);
    }
  });

  it('[RL-2] stops before a record with any bit flipped', () => {
    const whole = segment(RECORDS.slice(0, 2));
    const first = SEGMENT_HEADER_BYTES + encodeRecord(RECORDS[0] as JournalRecord).length;
    for (let at = first; at < whole.length; at++) {
      for (let bit = 0; bit < 8; bit++) {
        const damaged = Buffer.from(whole);
        damaged[at] = (damaged[at] ?? 0) ^ (1 << bit);
        const { records, clean } = read(damaged);
        assert.deepEqual([records.length, clean], [1, false], `byte ${at}, bit ${bit}`);
      }
    }
  });

  it('[RL-2] knows a damaged segment header', () => {
    const header = encodeSegmentHeader({ number: 12, firstSeq: 2 ** 40 });
    assert.deepEqual(decodeSegmentHeader(header), { number: 12, firstSeq: 2 ** 40 });
    for (let at = 0; at < header.length; at++) {
      const damaged = Buffer.from(header);
      damaged[at] = (damaged[at] ?? 0) ^ 4;
      assert.equal(decodeSegmentHeader(damaged), null, `byte ${at}`);
    }
    assert.equal(decodeSegmentHeader(header.subarray(0, SEGMENT_HEADER_BYTES - 1)), null);
  });
});

describe('part list', () => {
  it('[PKT-3] keeps ids in order, neighbours in one byte each', () => {
    const ids = [5, 6, 7, 3, 3, 2 ** 40, 1, 100, 228];
    assert.deepEqual(decodeIds(encodeIds(ids)), ids);
    assert.equal(encodeIds(Array.from({ length: 1000 }, (_, index) => index + 1)).length, 1000);
    assert.deepEqual(decodeIds(encodeIds([])), []);
  });
});
