import type { LogEntry, LoopSummary, PlurnkNotifications, TurnSummary } from '@plurnk/protocol';
import type { LoopView, RowView } from '@plurnk/protocol/webview';
import * as vscode from 'vscode';
import { proposalCardView } from '../review/proposal.ts';
import type { ProposalService } from '../review/proposal-service.ts';
import type { PlurnkServer } from '../server/plurnk-server.ts';
import type { SessionService } from '../session/session-service.ts';
import type { ChatView } from './chat-view.ts';
import { isShown, rowView, wholeBody } from './row-view.ts';

const PAGE = 400;
const STARTED = new Set([100, 102]);

/** Rows, turns and loops of the shown run on their way into the view: pages first, then one increment per event (UI-16). */
export class Conversation implements vscode.Disposable {
  readonly #server: PlurnkServer;
  readonly #session: SessionService;
  readonly #proposals: ProposalService;
  readonly #view: ChatView;
  readonly #disposables: vscode.Disposable[];
  readonly #changes = new vscode.EventEmitter<void>();
  readonly #entries = new Map<number, LogEntry>();
  readonly #byCoordinate = new Map<string, number>();
  readonly #live = new Set<number>();
  readonly #started = new Map<number, number>();
  readonly #reverted = new Set<number>();
  /** What is told while pages are read is shown after them: they may be older than it, and they replace what is shown. */
  readonly #meanwhile: (() => void)[] = [];
  #loads = 0;
  #running = new Set<number>();
  #usage: PlurnkNotifications['turn/finished']['usage'] | null = null;
  #lastTurnId: number | null = null;
  /** Running state, usage or cost changed. */
  readonly onChanged = this.#changes.event;

  constructor(server: PlurnkServer, session: SessionService, proposals: ProposalService, view: ChatView) {
    this.#server = server;
    this.#session = session;
    this.#proposals = proposals;
    this.#view = view;
    const shown =
      <T extends { readonly runId: number }>(handle: (payload: T) => void) =>
      (payload: T) => {
        const take = () => {
          if (payload.runId === session.runId) handle(payload);
        };
        if (this.#loads === 0) take();
        else this.#meanwhile.push(take);
      };
    this.#disposables = [
      server.onNotification(
        'log/entry',
        shown(({ entry }) => this.#row(entry)),
      ),
      server.onNotification(
        'turn/started',
        shown(payload => this.#turnStarted(payload)),
      ),
      server.onNotification(
        'turn/delta',
        shown(({ turnId, kind, text }) => {
          if (kind === 'text') view.post('turn/delta', { turnId, text });
        }),
      ),
      server.onNotification('telemetry/event', ({ runId, event }) => {
        // A retry begins the turn's text anew.
        if (runId === session.runId && event.data?.discardsText === true && this.#lastTurnId !== null) {
          view.post('turn/started', { turnId: this.#lastTurnId });
        }
      }),
      server.onNotification(
        'turn/finished',
        shown(payload => this.#turnFinished(payload)),
      ),
      server.onNotification(
        'loop/terminated',
        shown(payload => this.#loopEnded(payload)),
      ),
      server.onNotification(
        'stream/concluded',
        shown(({ target }) => this.#streamEnded(target)),
      ),
      proposals.onChanged(ids => this.#proposalsChanged(ids)),
    ];
  }

  get running(): boolean {
    return this.#running.size > 0;
  }

  get usage() {
    return this.#usage;
  }

  get lastTurnId(): number | null {
    return this.#lastTurnId;
  }

  entry(id: number): LogEntry | undefined {
    return this.#entries.get(id);
  }

  /** Row at a log coordinate `<loop>/<turn>/<sequence>` of the shown run. */
  rowAt(coordinate: string): number | undefined {
    return this.#byCoordinate.get(coordinate);
  }

  setLive(rowId: number, live: boolean): void {
    if (this.#live.has(rowId) === live) return;
    if (live) this.#live.add(rowId);
    else this.#live.delete(rowId);
    this.#again(rowId);
  }

  markReverted(rowId: number): void {
    this.#reverted.add(rowId);
    this.#again(rowId);
  }

  /** A loop was accepted by the server: the input injects from now on. */
  loopStarted(loopId: number): void {
    this.#running.add(loopId);
    this.#started.set(loopId, Date.now());
    this.#changes.fire();
  }

  /** Reads the newest page and the loops, and shows them; then what happened meanwhile. */
  async load(): Promise<void> {
    this.#loads += 1;
    try {
      await this.#show();
    } finally {
      this.#loads -= 1;
      if (this.#loads === 0) for (const take of this.#meanwhile.splice(0)) take();
    }
  }

  async #show(): Promise<void> {
    const { runId } = this.#session;
    if (runId === null) {
      this.#clear();
      this.#view.post('conversation', { runId: null, rows: [], loops: [], more: false });
      this.#changes.fire();
      return;
    }
    const [{ entries }, { loops, turns }] = await Promise.all([
      this.#server.request('log.read', { runId, last: true, limit: PAGE }),
      this.#session.turns(),
    ]);
    if (runId !== this.#session.runId) return;
    this.#clear();
    this.#running = new Set(loops.filter(({ status }) => STARTED.has(status)).map(({ id }) => id));
    this.#usage = null;
    this.#lastTurnId = turns.at(-1)?.id ?? null;
    this.#view.post('conversation', {
      runId,
      rows: this.#keep(entries),
      loops: loops.map(loop => loopView(loop, turns)),
      more: entries.length === PAGE,
    });
    this.#changes.fire();
  }

  async older(beforeId: number): Promise<void> {
    const { runId } = this.#session;
    if (runId === null) return;
    const { entries } = await this.#server.request('log.read', { runId, beforeId, last: true, limit: PAGE });
    this.#view.post('older', { runId, rows: this.#keep(entries), more: entries.length === PAGE });
  }

  sendBody(rowId: number): void {
    const entry = this.#entries.get(rowId);
    if (entry) this.#view.post('row/body', { rowId, text: wholeBody(entry) });
  }

  dispose(): void {
    for (const disposable of this.#disposables) disposable.dispose();
    this.#changes.dispose();
  }

  #clear(): void {
    this.#entries.clear();
    this.#byCoordinate.clear();
    this.#live.clear();
    this.#running.clear();
  }

  #keep(entries: readonly LogEntry[]): RowView[] {
    return entries.flatMap(entry => {
      this.#remember(entry);
      return isShown(entry) ? [this.#viewOf(entry)] : [];
    });
  }

  #remember(entry: LogEntry): void {
    this.#entries.set(entry.id, entry);
    this.#byCoordinate.set(`${entry.loop_seq}/${entry.turn_seq}/${entry.sequence}`, entry.id);
    if (entry.op === 'EXEC' && entry.status_rx === 102 && entry.state === 'resolved') this.#live.add(entry.id);
    else if (entry.op === 'EXEC' && entry.status_rx !== 102) this.#live.delete(entry.id);
  }

  #row(entry: LogEntry): void {
    this.#remember(entry);
    if (isShown(entry)) this.#view.post('row', { row: this.#viewOf(entry) });
  }

  #again(rowId: number): void {
    const entry = this.#entries.get(rowId);
    if (entry && isShown(entry)) this.#view.post('row', { row: this.#viewOf(entry) });
  }

  #viewOf(entry: LogEntry): RowView {
    const pending = this.#proposals.get(entry.id);
    const settled = pending ? null : settledProposal(entry, this.#reverted.has(entry.id));
    return rowView(entry, { proposal: pending ? proposalCardView(pending) : settled, live: this.#live.has(entry.id) });
  }

  #proposalsChanged(ids: readonly number[]): void {
    for (const id of ids) this.#again(id);
  }

  #turnStarted({ turnId, loopId }: PlurnkNotifications['turn/started']): void {
    this.#lastTurnId = turnId;
    if (!this.#running.has(loopId)) this.loopStarted(loopId);
    this.#view.post('turn/started', { turnId });
  }

  #turnFinished({ turnId, usage }: PlurnkNotifications['turn/finished']): void {
    this.#usage = usage;
    this.#view.post('turn/finished', { turnId });
    this.#changes.fire();
  }

  #loopEnded({ loopId, finalStatus, turnIds, reason, usage }: PlurnkNotifications['loop/terminated']): void {
    this.#running.delete(loopId);
    this.#usage = usage;
    const started = this.#started.get(loopId);
    this.#view.post('loop', {
      loop: {
        id: loopId,
        status: finalStatus,
        turns: turnIds.length,
        tokens: usage.promptTokens + usage.completionTokens,
        costPico: usage.costPico,
        reason: reason ?? null,
        durationMs: started === undefined ? null : Date.now() - started,
        lastTurnId: turnIds.at(-1) ?? null,
      },
    });
    this.#changes.fire();
  }

  #streamEnded(target: string): void {
    const rowId = this.rowAt(coordinateOf(target));
    if (rowId !== undefined) this.setLive(rowId, false);
  }
}

/** `sh:///1/2/3` → `1/2/3`. */
export function coordinateOf(target: string): string {
  return target.replace(/^[^:]+:\/\/\//, '').split('#')[0] ?? '';
}

/** Footer of a loop from what the server keeps. */
function loopView(loop: LoopSummary, turns: readonly TurnSummary[]): LoopView {
  const own = turns.filter(turn => turn.loop_id === loop.id);
  const cost = own.reduce<number | null>(
    (sum, { cost_pico }) => (sum === null || cost_pico === null ? null : sum + cost_pico),
    0,
  );
  return {
    id: loop.id,
    status: loop.status,
    turns: own.length,
    tokens: own.reduce((sum, turn) => sum + (turn.prompt_tokens ?? 0) + (turn.completion_tokens ?? 0), 0),
    costPico: cost,
    reason: loop.reason,
    durationMs: loop.started_at === null || loop.ended_at === null ? null : loop.ended_at - loop.started_at,
    lastTurnId: own.at(-1)?.id ?? null,
  };
}

/** A decided file change keeps its counts and its Undo (UI-25). */
function settledProposal(entry: LogEntry, reverted: boolean): RowView['proposal'] {
  const changes =
    entry.scheme === null && entry.pathname !== null && ['EDIT', 'COPY', 'MOVE', 'KILL'].includes(entry.op);
  if (!changes || entry.state === 'proposed') return null;
  const number = (name: string) =>
    typeof entry.attrs[name] === 'number' ? Math.max(0, Math.round(entry.attrs[name])) : 0;
  const done = entry.state === 'resolved' && entry.status_rx < 300 && entry.status_rx !== 204;
  return {
    kind: 'edit',
    path: entry.pathname ?? '',
    to: null,
    added: number('added'),
    removed: number('removed'),
    command: null,
    runtime: null,
    summary: null,
    diff: typeof entry.attrs.diff === 'string' ? entry.attrs.diff : '',
    conflict: false,
    allowPattern: null,
    deciding: false,
    automatic: false,
    by: typeof entry.attrs.by === 'string' ? entry.attrs.by : null,
    revertable: done && !reverted && entry.attrs.reverted !== true,
    reverted: reverted || entry.attrs.reverted === true,
  };
}
