import type { Op } from '@plurnk/plurnk-grammar';

export interface OpHelp {
  /** One line for completion lists. */
  readonly summary: string;
  readonly form: string;
  readonly rules: readonly string[];
  readonly example: string;
  /** What completion inserts after `<<`. */
  readonly snippet: string;
}

const TAGS = '`[tags]` are separated by commas or spaces.';
const LINES = '`<N>` is one line, `<N,M>` a range, `<-1>` the end.';
const MATCHER = 'The body is a matcher: `#regex#`, `//xpath`, `$jsonpath`, `~words`, `@name`, or a glob.';

export const OP_HELP: Readonly<Record<Op, OpHelp>> = {
  PLAN: {
    summary: 'Say what you are going to do',
    form: '<<PLAN:text:PLAN',
    rules: ['Recorded, without effect.', 'A turn begins with exactly one PLAN.'],
    example: '<<PLAN:- [ ] find the token checks:PLAN',
    snippet: 'PLAN:$0:PLAN',
  },
  FIND: {
    summary: 'List entries, or places in them',
    form: '<<FIND[tags](scope)<L>:matcher:FIND',
    rules: [
      'Without a matcher: one item per entry. With one: one item per match, with its lines.',
      MATCHER,
      '`<N,M>` pages; `<0.7>` is a minimum score for `~`.',
    ],
    example: '<<FIND(src/**):#TODO#:FIND',
    snippet: 'FIND($1):$0:FIND',
  },
  READ: {
    summary: 'Read an entry or a file',
    form: '<<READ[tags](target)<L>:matcher:READ',
    rules: [LINES, 'A glob, a folder or a matcher reads every match, one row each.', MATCHER],
    example: '<<READ(src/a.ts)<12,48>::READ',
    snippet: 'READ($1)::READ',
  },
  EDIT: {
    summary: 'Write an entry, or propose a change of a file',
    form: '<<EDIT[tags](target)<L>:content:EDIT',
    rules: [
      '`<N>` replaces a line, `<N,M>` a range, `<0>` prepends, `<-1>` appends, `<2.5>` inserts after line 2.',
      'Without lines the content replaces everything; an empty body clears.',
      TAGS,
    ],
    example: '<<EDIT(known:///plan.md):\n# Plan\n:EDIT',
    snippet: 'EDIT($1):\n$0\n:EDIT',
  },
  COPY: {
    summary: 'Copy an entry, or start a run',
    form: '<<COPY[tags](source)<L>:destination:COPY',
    rules: [
      '`COPY(run://name):prompt` starts a child run; `COPY(run://self):prompt` forks.',
      '`<L>` copies that slice.',
    ],
    example: '<<COPY(src/a.ts)<1,20>:known:///a-head.ts:COPY',
    snippet: 'COPY($1):$0:COPY',
  },
  MOVE: {
    summary: 'Move or rename an entry',
    form: '<<MOVE[tags](source):destination:MOVE',
    rules: ['A destination is required.', 'The source is gone afterwards.'],
    example: '<<MOVE(known:///draft.md):known:///plan.md:MOVE',
    snippet: 'MOVE($1):$0:MOVE',
  },
  OPEN: {
    summary: 'Unfold log rows',
    form: '<<OPEN[tags](log rows)<L>:matcher:OPEN',
    rules: ['Log rows only.', 'Success writes no row.'],
    example: '<<OPEN(log:///1/2/3/READ)::OPEN',
    snippet: 'OPEN(log:///$1)::OPEN',
  },
  FOLD: {
    summary: 'Fold log rows',
    form: '<<FOLD[tags](log rows)<L>:matcher:FOLD',
    rules: ['Log rows only. Nothing is lost: OPEN shows them again.', 'Success writes no row.'],
    example: '<<FOLD(log:///1/*/*/READ)::FOLD',
    snippet: 'FOLD(log:///$1)::FOLD',
  },
  EXEC: {
    summary: 'Run a command',
    form: '<<EXEC[runtime](cwd)<T,P>:command:EXEC',
    rules: [
      'The runtime is `sh` unless named.',
      '`T` seconds to live, 0 until the next turn; `P` looks again every P seconds while parked.',
      'What changes the machine waits for approval.',
    ],
    example: '<<EXEC[sh](.)<60>:npm test:EXEC',
    // biome-ignore lint/suspicious/noTemplateCurlyInString: a snippet placeholder
    snippet: 'EXEC[${1:sh}](${2:.}):$0:EXEC',
  },
  KILL: {
    summary: 'Delete an entry, end a stream or a run',
    form: '<<KILL[signal](target)::KILL',
    rules: ['The only delete. A file proposes.', '`[n]` sends exactly that signal to a stream; without, SIGHUP.'],
    example: '<<KILL(sh:///1/2/3)::KILL',
    snippet: 'KILL($1)::KILL',
  },
  SEND: {
    summary: 'Speak to the person, or end, park, continue',
    form: '<<SEND[status](recipient):text:SEND',
    rules: [
      'Without a recipient: 102 continues, 200 ends, 202 parks, 499 gives up.',
      '`(run://name)` delivers to a run; a live stream takes `[200]` as input and `[499]` as cancel.',
      'A turn ends with SEND.',
    ],
    example: '<<SEND[200]:All checks go through `requireToken`.:SEND',
    // biome-ignore lint/suspicious/noTemplateCurlyInString: a snippet placeholder
    snippet: 'SEND[${1|102,200,202,499|}]:$0:SEND',
  },
};

export const SEND_STATUSES: readonly (readonly [status: string, meaning: string])[] = [
  ['102', 'continue with another turn'],
  ['200', 'done'],
  ['202', 'park until something happens'],
  ['499', 'give up'],
];

export const markdownHelp = (op: Op): string => {
  const help = OP_HELP[op];
  const fence = (text: string): string => `\`\`\`plurnk\n${text}\n\`\`\``;
  return [
    `**${op}** · ${help.summary}`,
    fence(help.form),
    help.rules.map(rule => `- ${rule}`).join('\n'),
    fence(help.example),
  ].join('\n\n');
};
