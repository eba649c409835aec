import { parse } from 'csv-parse/sync';
import type { LineSpan } from '../contract.ts';
import { attempt, type Projected, type ValueProjection } from './projection.ts';

interface Parsed {
  readonly record: Readonly<Record<string, string>>;
  /** `lines` counts the lines read up to the end of this record. */
  readonly info: { readonly lines: number };
}

/** Records as objects by the names in the first line. */
export function projectCsv(text: string, delimiter: ',' | '\t'): Projected<ValueProjection> {
  return attempt('CSV', () => {
    const parsed = parse(text, {
      columns: true,
      info: true,
      delimiter,
      bom: true,
      relax_column_count: true,
      skip_empty_lines: true,
    }) as unknown as readonly Parsed[];
    const last = Math.max(1, text.replace(/\n$/, '').split('\n').length);
    const spans: LineSpan[] = parsed.map(({ record, info }) => {
      const height = Object.values(record).reduce((most, cell) => most + (cell.match(/\n/g)?.length ?? 0), 0);
      const lineEnd = Math.min(last, info.lines);
      return { lineStart: Math.max(1, lineEnd - height), lineEnd };
    });
    return {
      value: parsed.map(row => row.record),
      spanOf: ([row]) => (typeof row === 'number' ? spans[row] : undefined) ?? { lineStart: 1, lineEnd: last },
    };
  });
}
