/** Which Git commands provably only read, so that they run without asking (RES-23, RES-26). */

const READING = new Set([
  'annotate',
  'blame',
  'cat-file',
  'check-attr',
  'check-ignore',
  'cherry',
  'count-objects',
  'describe',
  'diff',
  'diff-index',
  'diff-tree',
  'for-each-ref',
  'grep',
  'log',
  'ls-files',
  'ls-tree',
  'merge-base',
  'name-rev',
  'range-diff',
  'rev-list',
  'rev-parse',
  'shortlog',
  'show',
  'show-ref',
  'status',
  'version',
]);

/** Options that write, start programs, or look outside the repository. */
const REFUSED =
  /^(?:--output(?:=|$)|-O|--open-files-in-pager|--ext-diff|--textconv|--filters|--show-signature|--no-index|--contents|--git-dir|--work-tree|--exec-path|--upload-pack)/;
const SIGNATURE_FORMAT = /%G/;

/** Subcommands that only read with these options and no further words (or with the words that these options take). */
const LISTING: { readonly [command: string]: RegExp } = {
  branch: /^(?:-a|-r|-v|-vv|--all|--remotes|--list|--show-current|--no-color|--(?:sort|format|points-at)=.*)$/,
  tag: /^(?:-l|--list|-n\d*|--(?:sort|format|points-at)=.*)$/,
  remote: /^(?:-v|--verbose)$/,
};

export function onlyReads(words: readonly string[]): boolean {
  const [command = '', ...rest] = words;
  if (rest.some(word => REFUSED.test(word) || SIGNATURE_FORMAT.test(word))) return false;
  const listing = LISTING[command];
  if (listing !== undefined) return rest.every(word => listing.test(word));
  if (command === 'stash' || command === 'worktree')
    return rest[0] === 'list' || (command === 'stash' && rest[0] === 'show');
  if (command === 'reflog') return rest.length === 0 || rest[0] === 'show';
  return READING.has(command);
}

const TAKES_DRIVERS = new Set([
  'diff',
  'log',
  'show',
  'diff-index',
  'diff-tree',
  'blame',
  'annotate',
  'range-diff',
  'stash',
]);

/** Programs that a repository's configuration names are not started by a command that runs unasked. */
export function withoutDrivers(words: readonly string[]): string[] {
  const [command = '', ...rest] = words;
  if (!TAKES_DRIVERS.has(command)) return [...words];
  if (command === 'stash')
    return rest[0] === 'show' ? [command, 'show', '--no-ext-diff', '--no-textconv', ...rest.slice(1)] : [...words];
  const off = command === 'blame' || command === 'annotate' ? [] : ['--no-ext-diff', '--no-textconv'];
  return [command, ...off, ...rest];
}
