import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import type { Proposal } from '@plurnk/protocol';
import type { DaemonClient } from './daemon-client.ts';
import type { Terminal } from './terminal.ts';

export interface Answer {
  readonly decision: 'accept' | 'reject';
  readonly body?: string;
}

/** Shows proposals one after the other and asks: a accepts, r rejects, e edits first. */
export class Reviewer {
  readonly #client: DaemonClient;
  readonly #terminal: Terminal;
  readonly #env: NodeJS.ProcessEnv;
  readonly #waiting = new Set<number>();
  readonly #settled = new Set<number>();
  #asking: { readonly logEntryId: number; readonly taken: AbortController } | null = null;
  #last: Promise<void> = Promise.resolve();

  constructor(client: DaemonClient, terminal: Terminal, env: NodeJS.ProcessEnv) {
    this.#client = client;
    this.#terminal = terminal;
    this.#env = env;
  }

  review(proposal: Proposal): void {
    if (proposal.flags.yolo || proposal.flags.noProposals) return;
    this.#waiting.add(proposal.logEntryId);
    this.#last = this.#last.then(() => this.#decide(proposal));
  }

  /** Someone else was faster, or the loop is cancelled: the question is taken back. */
  settled(logEntryId: number): void {
    if (!this.#waiting.has(logEntryId)) return;
    this.#settled.add(logEntryId);
    if (this.#asking?.logEntryId === logEntryId) this.#asking.taken.abort();
  }

  async #decide(proposal: Proposal): Promise<void> {
    if (this.#settled.has(proposal.logEntryId)) return;
    this.#terminal.note(proposalText(this.#terminal, proposal));
    const { logEntryId } = proposal;
    const taken = new AbortController();
    this.#asking = { logEntryId, taken };
    const answer = await this.#ask(proposal, taken.signal);
    this.#asking = null;
    if (this.#settled.has(logEntryId)) return;
    // Settled meanwhile by another client or a cancelled loop: the daemon says so, and that is no failure of ours.
    await this.#client.call('loop.resolve', { logEntryId, ...answer }).catch((error: unknown) => {
      this.#terminal.note(error instanceof Error ? error.message : String(error));
    });
  }

  async #ask(proposal: Proposal, taken: AbortSignal): Promise<Answer> {
    for (;;) {
      const line = await this.#terminal.ask('[a]ccept, [r]eject, [e]dit? ', taken);
      const key = line?.trim().toLowerCase();
      if (line === null) return { decision: 'reject' };
      if (key === 'a') return { decision: 'accept' };
      if (key === 'r') return { decision: 'reject' };
      if (key === 'e') {
        const edited = await this.#edit(proposal);
        if (edited !== null) return { decision: 'accept', body: edited };
      }
    }
  }

  /** The text as the person's editor left it; null, after a sentence, when there is none. */
  async #edit(proposal: Proposal): Promise<string | null> {
    const before = await this.#textOf(proposal);
    if (before === null) {
      this.#terminal.note('There is no text to edit.');
      return null;
    }
    const folder = mkdtempSync(join(tmpdir(), 'plurnk-edit-'));
    try {
      const file = join(folder, basename(proposal.target.pathname ?? '') || 'command');
      writeFileSync(file, before);
      const editor = this.#env.VISUAL ?? this.#env.EDITOR ?? 'vi';
      const done = spawnSync(`${editor} "${file}"`, { shell: true, stdio: 'inherit' });
      if (done.status !== 0) return null;
      const after = readFileSync(file, 'utf8');
      return proposal.op === 'EXEC' ? after.replace(/\n$/, '') : after;
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  }

  /** A command, or the proposed text: a long one is not sent, but asked for. Null: a deletion, bytes, or settled. */
  async #textOf({ op, body, attrs, logEntryId }: Proposal): Promise<string | null> {
    if (op === 'EXEC') return body;
    if (typeof attrs.proposed === 'string') return attrs.proposed;
    if (attrs.proposed === null) return null;
    return await this.#client.call('proposal.text', { logEntryId, side: 'proposed' }).then(
      ({ text }) => text,
      () => null,
    );
  }
}

/** A command line as it would run, or a coloured diff. */
export function proposalText(terminal: Terminal, proposal: Proposal): string {
  if (proposal.op === 'EXEC') {
    const { runtime, cwd } = proposal.attrs;
    const title = `${String(runtime ?? 'sh')} in ${String(cwd ?? '.')}`;
    return `${terminal.paint('bold', `Run ${title}`)}\n${terminal.paint('yellow', proposal.body)}`;
  }
  const title = terminal.paint('bold', `${proposal.op} ${proposal.target.pathname ?? ''}`);
  return [title, ...proposal.body.split('\n').map(line => diffLine(terminal, line))].join('\n');
}

function diffLine(terminal: Terminal, line: string): string {
  if (line.startsWith('+++') || line.startsWith('---')) return terminal.paint('bold', line);
  if (line.startsWith('@@')) return terminal.paint('cyan', line);
  if (line.startsWith('+')) return terminal.paint('green', line);
  return line.startsWith('-') ? terminal.paint('red', line) : line;
}
