import { type Improvement, improve, type KnownFile } from './improvement.ts';
import { numberedLines, type PacketRow, type PacketView, readPacket } from './packet-reader.ts';
import { currentRound, type Round } from './round.ts';
import { type StatementParts, writeStatement } from './statement-writer.ts';

const MOST_LINES_READ = 200;
const MOST_TURNS = 10;
/** Characters. */
const LARGEST_CATALOG = 12_000;
const READABLE = /\.(md|markdown|txt|ts|tsx|js|mjs|cjs|jsx|py|go|rs|java|c|h|cpp|cs|rb|sh|css|html)$/i;
const README = /(^|\/)readme(\.\w+)?$/i;
const MARKDOWN = /\.(md|markdown)$/i;
const SOURCE = /\.(ts|js|mjs|py|go|rs|java|c|cpp|cs|rb|sh)$/i;
const MOST_READS = 3;
const DISCLAIMER =
  "This was a demonstration: I am Plurnk's built-in demo model, a script without intelligence that works offline on whatever folder is open. Pick another model to get real work done.";

/** The emission of the demonstration for one packet. A pure function of the packet. */
export function demoEmission(system: string, user: string): string {
  const view = readPacket(system, user);
  const round = currentRound(view);
  if (round.turns >= MOST_TURNS) {
    return turn('Stop here: this took more turns than a demonstration should.', [], finish(round, null));
  }
  return nextMove(view, round);
}

function nextMove(view: PacketView, round: Round): string {
  if (round.finds.length === 0) {
    return lookAround(round);
  }
  const shown = round.reads.at(-1);
  if (shown === undefined) {
    return readOne(view, round);
  }
  if (round.notes.length === 0) {
    return writeAndPropose(view, round, shown);
  }
  if (round.commands.length === 0 && !refused(round.edits.at(-1))) {
    return runCommand(view, round);
  }
  return waitOrFinish(view, round);
}

function lookAround(round: Round): string {
  const asked = firstLine(round.prompt);
  return turn(
    `The prompt is "${asked}". Look at what this folder holds, read one file, write down what it says, propose one small change, run one harmless command, report.`,
    [
      ...round.earlierLoops.map(loop => ({ op: 'FOLD', target: `log:///${loop}/**` })),
      { op: 'FIND', target: round.earlierLoops.length > 0 ? '**' : '*', marks: [1, 40] },
      { op: 'FIND', target: '**/*.md', marks: [1, 20] },
      { op: 'FIND', target: 'known:///**' },
    ],
    goOn('Looking around in the workspace.'),
  );
}

function readOne(view: PacketView, round: Round): string {
  const file = chooseFile(round);
  if (file === null) {
    return withoutFiles(view, round);
  }
  return turn(
    `The catalog lists ${round.files.length} files that I can see. ${file.path} is a good one to start with.`,
    [readOp(file)],
    goOn(`Reading ${file.path}.`),
  );
}

/** The preview of a large workspace has served once a change is found: fold it, so that it costs nothing more. */
function foldCatalogs(view: PacketView): StatementParts[] {
  return view.rows
    .filter(row => row.op === 'FIND' && row.origin === 'plurnk' && (row.body?.length ?? 0) > LARGEST_CATALOG)
    .map(row => ({ op: 'FOLD', target: row.path }));
}

/** Nothing to read: the folder is empty or files are off. Say so, keep the finding, try the command. */
function withoutFiles(view: PacketView, round: Round): string {
  if (round.notes.length === 0) {
    const note = 'No readable text file was listed when the demonstration looked.';
    return turn(
      'No file that I can read is listed. Note that and go on without one.',
      [{ op: 'EDIT', target: 'known:///demo/workspace.md', body: note }],
      goOn('There is no text file here that I could read.'),
    );
  }
  return round.commands.length === 0 && !refused(round.notes.at(-1))
    ? runCommand(view, round)
    : waitOrFinish(view, round);
}

/** A file that the prompt names, else one not read before, else any; in the order of preference. */
function chooseFile(round: Round, first: RegExp = README): KnownFile | null {
  const seen = new Set(round.reads.map(row => row.target));
  const readable = round.files.filter(file => READABLE.test(file.path) && file.lines !== 0 && !seen.has(file.path));
  const named = readable.find(file => round.prompt.includes(file.path));
  const fresh = readable.filter(file => !round.readBefore.has(file.path));
  const pool = fresh.length > 0 ? fresh : readable;
  return (
    named ?? pool.find(file => first.test(file.path)) ?? pool.find(file => MARKDOWN.test(file.path)) ?? pool[0] ?? null
  );
}

function writeAndPropose(view: PacketView, round: Round, shown: PacketRow): string {
  const path = shown.target;
  if (shown.status >= 300 || shown.body === null) {
    return turn(
      `${path} could not be read: status ${shown.status}. Note that and report.`,
      [{ op: 'EDIT', target: noteAddress(path), body: `Reading ${path} gave status ${shown.status}.` }],
      goOn(`${path} could not be read.`),
    );
  }
  const lines = numberedLines(shown.body);
  const change = improve({ path, lines }, round.files);
  const note: StatementParts = { op: 'EDIT', signal: 'demo', target: noteAddress(path), body: noteText(path, lines) };
  if (change === null) {
    const other = round.reads.length < MOST_READS ? chooseFile(round, SOURCE) : null;
    return other === null ? noteOnly(path, note) : readInstead(path, other);
  }
  return turn(
    `In ${path} ${change.why}. Write down what the file says, then propose the change; a person decides.`,
    [...foldCatalogs(view), note, { op: 'EDIT', target: path, marks: change.marks, body: change.body }],
    goOn(proposalText(path, change)),
  );
}

function noteOnly(path: string, note: StatementParts): string {
  return turn(
    `${path} needs no change that I would know how to make. Write down what it says.`,
    [note],
    goOn(`I found nothing to improve in ${path}.`),
  );
}

function readInstead(path: string, other: KnownFile): string {
  return turn(
    `${path} needs no change that I would know how to make. Look at ${other.path} instead.`,
    [readOp(other)],
    goOn(`Nothing to improve in ${path}. Reading ${other.path}.`),
  );
}

function readOp(file: KnownFile): StatementParts {
  const long = file.lines !== null && file.lines > MOST_LINES_READ;
  return { op: 'READ', target: file.path, ...(long ? { marks: [1, MOST_LINES_READ] } : {}) };
}

function proposalText(path: string, change: Improvement): string {
  return `I propose one small change to ${path}, because ${change.why}.`;
}

function noteAddress(path: string): string {
  return `known:///demo/${path
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/^-|-$/g, '')}.md`;
}

function noteText(path: string, lines: ReadonlyMap<number, string>): string {
  const texts = [...lines.values()];
  const headings = texts.filter(line => /^#{1,6} /.test(line)).slice(0, 6);
  const first = texts.find(line => line.trim() !== '' && !line.startsWith('#')) ?? '';
  return [
    `# ${path}`,
    '',
    `- ${lines.size} lines were read, ${texts.filter(line => line.trim() !== '').length} of them not blank.`,
    ...(headings.length > 0 ? [`- Headings: ${headings.map(line => line.replace(/^#+ /, '')).join('; ')}`] : []),
    ...(first === '' ? [] : [`- It begins: ${first.trim().slice(0, 160)}`]),
  ].join('\n');
}

function runCommand(view: PacketView, round: Round): string {
  const command = view.hasGit ? 'git status --short' : 'ls';
  return turn(
    `${verdict(round.edits.at(-1))} Now run one harmless command to see the folder from outside.`,
    [{ op: 'EXEC', signal: 'sh', target: '.', body: command }],
    goOn(`Running \`${command}\`.`),
  );
}

function waitOrFinish(view: PacketView, round: Round): string {
  const command = round.commands.at(-1);
  const live = liveStream(view, command);
  if (live !== null) {
    return turn(`${live} is still running. Park until it ends.`, [], send(202, 'Waiting for the command to end.'));
  }
  const folded = printedRows(view, command).filter(row => row.body === null);
  if (folded.length > 0) {
    const opens = folded.map(row => ({ op: 'OPEN', target: row.path }));
    return turn('What the command printed while it ran is folded. Open it.', opens, goOn('Looking at the output.'));
  }
  return turn('Everything is done. Report what happened.', [], finish(round, output(view, command)));
}

function liveStream(view: PacketView, command: PacketRow | undefined): string | null {
  const place = command === undefined ? null : streamPlace(command);
  return view.liveStreams.find(address => place !== null && address.endsWith(place)) ?? view.liveStreams[0] ?? null;
}

/** `log:///1/3/4/EXEC` writes to `<runtime>:///1/3/4` (RES-23). */
function streamPlace(command: PacketRow): string {
  return command.path.replace(/^log:\/\//, '').replace(/\/\w+$/, '');
}

/** A row for what came since the look before; those of a command that still ran then are folded (ENG-52). */
function printedRows(view: PacketView, command: PacketRow | undefined): readonly PacketRow[] {
  if (command === undefined) {
    return [];
  }
  const place = streamPlace(command);
  return view.rows.filter(row => row.op === 'READ' && row.target.includes(`://${place}#`));
}

function output(view: PacketView, command: PacketRow | undefined): string | null {
  const rows = printedRows(view, command);
  const text = rows.flatMap(row => [...numberedLines(row.body ?? '').values()]).join('\n');
  return text.trim() === '' ? null : text.trimEnd();
}

function finish(round: Round, printed: string | null): string {
  const command = round.commands.at(-1);
  const parts = [
    report(round),
    round.edits.length > 0 ? verdict(round.edits.at(-1)) : 'I proposed no change.',
    command === undefined ? 'No command was run.' : commandReport(command, printed),
    DISCLAIMER,
  ];
  return send(200, parts.filter(part => part !== '').join('\n\n'));
}

function report(round: Round): string {
  const read = round.reads.at(-1);
  const note = round.notes.at(-1);
  const seen = `I looked around and saw ${round.files.length} ${round.files.length === 1 ? 'file' : 'files'}.`;
  const reading =
    read === undefined ? '' : ` I read ${read.target}${read.status < 300 ? '' : ` (status ${read.status})`}.`;
  const writing = note === undefined || note.status >= 400 ? '' : ` What I learned is in ${note.target}.`;
  return `${seen}${reading}${writing}`;
}

function verdict(edit: PacketRow | undefined): string {
  if (edit === undefined) {
    return '';
  }
  if (edit.status === 304) {
    return `${edit.target} already said what I wanted to write.`;
  }
  if (edit.status < 300) {
    return `The change to ${edit.target} was accepted and written.`;
  }
  const reason = outcome(edit);
  return `The change to ${edit.target} was not made (status ${edit.status}${reason}). I leave the file as it is.`;
}

function commandReport(command: PacketRow, printed: string | null): string {
  if (command.status >= 300) {
    return `The command was not run (status ${command.status}${outcome(command)}).`;
  }
  if (printed === null) {
    return 'The command ran and printed nothing.';
  }
  const lines = printed.split('\n');
  const shown = lines.slice(0, 12).join('\n');
  return `The command printed${lines.length > 12 ? ' (first 12 lines)' : ''}:\n\n~~~\n${shown}\n~~~`;
}

/** The one-word outcome of a decision, if the row's body shows it. */
function outcome(row: PacketRow): string {
  const word = /\b(rejected|write_conflict|apply_failed|loop_aborted|timeout|no_review_channel)\b/.exec(
    row.body ?? '',
  )?.[1];
  return word === undefined ? '' : `, ${word}`;
}

/** Not allowed at all (ask mode, no workspace): no use in trying further effects. */
function refused(row: PacketRow | undefined): boolean {
  return row !== undefined && row.status === 403;
}

function turn(plan: string, ops: readonly StatementParts[], last: string): string {
  return [writeStatement({ op: 'PLAN', body: plan }), ...ops.map(writeStatement), last].join('\n');
}

function goOn(text: string): string {
  return send(102, text);
}

function send(status: number, text: string): string {
  return writeStatement({ op: 'SEND', signal: status, body: text });
}

function firstLine(text: string): string {
  const line = text.split('\n').find(candidate => candidate.trim() !== '') ?? '';
  return line.trim().slice(0, 120);
}
