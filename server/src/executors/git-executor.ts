/** Git without a shell: commands that only read run at once, everything else is proposed. */
import { gitEnvironment, SAFE_OPTIONS } from '../workspace/git.ts';
import type { Executor } from './contract.ts';
import { onlyReads, withoutDrivers } from './git-commands.ts';
import { probeProgram } from './probe.ts';
import { splitWords } from './words.ts';

/** The words after `git`, which may be written or left out. */
function commandWords(command: string): readonly string[] {
  const split = splitWords(command);
  if ('problem' in split) return [];
  return split.words[0] === 'git' ? split.words.slice(1) : split.words;
}

export function gitExecutor(): Executor {
  return {
    runtime: 'git',
    example: '<<EXEC[git]:log --oneline -10:EXEC  one Git command; what only reads runs without asking',
    doc: `# git

One Git command without a shell: \`<<EXEC[git]:diff HEAD~1 -- src:EXEC\`. Commands that only read (status, log, diff, show,
blame, grep, ls-files, branch -a, …) run at once; others are proposed. For pipes use sh.`,
    effect: command => (onlyReads(commandWords(command)) ? 'read' : 'host'),
    objection(command) {
      const split = splitWords(command);
      if ('problem' in split)
        return `git runs one command without a shell, and ${split.problem}. Use EXEC[sh] for that.`;
      return commandWords(command).length === 0 ? 'Say which Git command, for example: log --oneline -10.' : null;
    },
    probe: () => probeProgram('git', ['--version']),
    invocation(command) {
      const words = commandWords(command);
      const reading = onlyReads(words);
      const { GIT_OPTIONAL_LOCKS, GIT_TERMINAL_PROMPT, GIT_PAGER } = gitEnvironment({});
      const env = { GIT_TERMINAL_PROMPT: GIT_TERMINAL_PROMPT ?? '0', GIT_PAGER: GIT_PAGER ?? 'cat' };
      const locks = reading ? { GIT_OPTIONAL_LOCKS: GIT_OPTIONAL_LOCKS ?? '0' } : {};
      const args = ['--no-pager', ...(reading ? SAFE_OPTIONS : []), ...(reading ? withoutDrivers(words) : words)];
      return { file: 'git', args, env: { ...env, ...locks }, stdin: '' };
    },
  };
}
