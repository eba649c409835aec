import type { DriveResult } from './drive.ts';

/** Everything that is not as it must be, as sentences. */
export function faultsOf({ ledger, ...drive }: DriveResult): string[] {
  const wrong: readonly (readonly [boolean, string])[] = [
    [drive.exitCode !== 0, `the daemon ended with ${drive.exitCode}`],
    [drive.complaints.length > 0, `the server complained: ${drive.complaints.join('')}`],
    [drive.touched.length > 0, `touched: ${drive.touched.join(', ')}`],
    [drive.trials < 1, 'the grammar of the server was never tried'],
    [ledger.integrity !== 'ok', `integrity_check: ${String(ledger.integrity)}`],
    [ledger.statusless > 0, `${ledger.statusless} rows have no status`],
    [ledger.stranded > 0, `${ledger.stranded} loops or turns are stranded`],
    [ledger.storedTurns < drive.turns, `${ledger.storedTurns} turns are stored, ${drive.turns} were told`],
    [
      ledger.emissions === 0 || ledger.constrained !== ledger.emissions,
      `${ledger.constrained} of ${ledger.emissions} emissions were constrained`,
    ],
  ];
  return wrong.filter(([holds]) => holds).map(([, sentence]) => sentence);
}
