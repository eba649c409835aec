import type { MethodParams, PlurnkNotifications } from '@plurnk/protocol';

/** Commands that can do no harm. What the model wrote is never run: an accepted command is always replaced. */
const HARMLESS: Readonly<Record<string, readonly string[]>> = {
  sh: ['echo hello', 'printf "a\\nb\\n" >&2', 'exit 3', 'sleep 0.2; echo late', 'sleep 30', 'cat', 'seq 1 2000'],
  node: ['console.log(1 + 1)', 'throw new Error("no")', 'setTimeout(() => console.log("late"), 100)'],
  git: ['status --short', 'add --all', 'stash list'],
  python: ['print(1)'],
  sqlite: ['select 1'],
};

type Proposal = PlurnkNotifications['loop/proposal'];

/** Accepts, amends, rejects or cancels, at random. */
export function decide({ logEntryId, op, attrs }: Proposal, random: () => number): MethodParams<'loop.resolve'> {
  const pick = <T>(from: readonly T[]): T => from[Math.floor(random() * from.length)] as T;
  const decision = pick(['accept', 'accept', 'accept', 'reject', 'cancel'] as const);
  if (decision !== 'accept')
    return random() < 0.5 ? { logEntryId, decision } : { logEntryId, decision, outcome: 'nonsense' };
  if (op === 'EXEC') {
    const commands = HARMLESS[String(attrs.runtime ?? '')];
    return commands === undefined ? { logEntryId, decision: 'reject' } : { logEntryId, decision, body: pick(commands) };
  }
  if (op === 'EDIT' && random() < 0.2) return { logEntryId, decision, body: 'amended by the person\n' };
  return { logEntryId, decision };
}
