import { formatAddress } from '../../../server/src/schemes/address.ts';
import type { LogRow } from '../../../server/src/store/contract.ts';

const address = (row: LogRow): string => (row.pathname === null && row.scheme === null ? '' : ` ${formatAddress(row)}`);

/** What the model did and what came back; its own words and the runtime's openings are left out. */
export function transcript(rows: readonly LogRow[]): string {
  const shown = rows.filter(
    row =>
      (row.origin === 'model' && row.op !== 'model') || row.scheme === 'sh' || row.attrs.subscription !== undefined,
  );
  return shown
    .map(row => {
      const marks = row.lineMarker === null ? '' : ` <${row.lineMarker.marks.join(',')}>`;
      const body = row.rx === null || row.rx === '' ? '' : `\n${row.rx.replace(/^/gm, '    ')}`;
      return `${row.turnSeq}.${row.op} ${row.statusRx}${address(row)}${marks}${body}\n`;
    })
    .join('');
}
