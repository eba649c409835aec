import type { SessionId } from './contract.ts';
import type { RemovedSession, Retention, SizeReport } from './maintenance.ts';
import type { ImportOptions } from './session-transfer.ts';

/** What the store does beside keeping rows: whole sessions in and out, sizes, compaction. */
export interface StorageTools {
  /**
   * A session as JSON lines that `importSession` takes. `clean` may replace characters of any text, never their number.
   */
  exportSession(id: SessionId, clean?: (text: string) => string): Iterable<string>;
  /**
   * A new session from exported lines; nothing in it runs or waits. Throws StoreError `misuse` or `schema-too-new` with
   * a sentence, and then nothing has changed.
   */
  importSession(lines: Iterable<string>, options: ImportOptions): SessionId;
  readonly maintenance: {
    sizes(): SizeReport;
    /** Removes texts that nothing refers to and rewrites the file without gaps; resolves with the number of texts. */
    compact(): Promise<number>;
    /** Deletes what the rule names, but nothing that is busy, kept or in use; at most `most` at once. */
    applyRetention(
      rule: Retention,
      now: number,
      inUse: ReadonlySet<SessionId>,
      most: number,
    ): readonly RemovedSession[];
  };
}
