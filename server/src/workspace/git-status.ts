/** Branch and counts, one line for the packet (section `git`). */
import type { Git } from './git.ts';

interface Counts {
  branch: string;
  upstream: string;
  staged: number;
  changed: number;
  untracked: number;
  conflicts: number;
}

function count(record: string, counts: Counts): void {
  if (record.startsWith('# branch.head ')) counts.branch = record.slice('# branch.head '.length);
  else if (record.startsWith('# branch.ab ')) counts.upstream = record.slice('# branch.ab '.length);
  else if (record.startsWith('? ')) counts.untracked++;
  else if (record.startsWith('u ')) counts.conflicts++;
  else if (record.startsWith('1 ') || record.startsWith('2 ')) {
    if (record.charAt(2) !== '.') counts.staged++;
    if (record.charAt(3) !== '.') counts.changed++;
  }
}

function sentence(counts: Counts): string {
  const [ahead = '+0', behind = '-0'] = counts.upstream.split(' ');
  const parts = [
    [counts.staged, 'staged'],
    [counts.changed, 'changed'],
    [counts.untracked, 'untracked'],
    [counts.conflicts, 'in conflict'],
    [Number(ahead.slice(1)), 'ahead'],
    [Number(behind.slice(1)), 'behind'],
  ] as const;
  const told = parts.filter(([amount]) => amount > 0).map(([amount, what]) => `${amount} ${what}`);
  return `${counts.branch} · ${told.length === 0 ? 'clean' : told.join(' · ')}`;
}

export async function gitSummary(git: Git, root: string): Promise<string | null> {
  const answer = await git.run(root, ['status', '--porcelain=v2', '--branch', '-z', '--ignore-submodules=dirty']);
  if (answer.code !== 0) return null;
  const counts: Counts = { branch: '', upstream: '', staged: 0, changed: 0, untracked: 0, conflicts: 0 };
  const records = answer.stdout.toString('utf8').split('\0');
  for (let at = 0; at < records.length; at++) {
    const record = records[at] ?? '';
    count(record, counts);
    // A rename is followed by the old path as a record of its own.
    if (record.startsWith('2 ')) at++;
  }
  return sentence(counts);
}
