import type { Exported } from './collect.ts';

/** One JSON object a line, each with its `type`: session, run, loop, turn, row, proposal. */
export function toJsonLines({ session, runs, proposals }: Exported): string {
  const lines: object[] = [{ type: 'session', ...session }];
  for (const { run, loops, turns } of runs) {
    lines.push({ type: 'run', ...run }, ...loops.map(loop => ({ type: 'loop', ...loop })));
    for (const { turn, sections, emission, rows } of turns) {
      lines.push({ type: 'turn', ...turn, sections, emission }, ...rows.map(row => ({ type: 'row', ...row })));
    }
  }
  lines.push(...proposals.map(proposal => ({ type: 'proposal', ...proposal })));
  return `${lines.map(line => JSON.stringify(line)).join('\n')}\n`;
}
