import type { LogEntry, TurnSummary } from '@plurnk/protocol';
import type { INSPECTOR_TO_VIEW, InspectorDiff, InspectorPacket, RowView } from '@plurnk/protocol/webview';
import * as vscode from 'vscode';
import type { z } from 'zod';
import { openTarget } from '../chat/open-target.ts';
import { rowView, wholeBody } from '../chat/row-view.ts';
import type { PlurnkServer } from '../server/plurnk-server.ts';

const PAGE = 1000;

type RunPayload = z.input<(typeof INSPECTOR_TO_VIEW)['run']>;

/** What the inspector shows, read from the server when asked for and passed on as it changes. */
export class InspectorSource implements vscode.Disposable {
  readonly #server: PlurnkServer;
  readonly #sessionId: () => number | null;
  readonly #rows = new vscode.EventEmitter<{ runId: number; row: RowView }>();
  readonly #turns = new vscode.EventEmitter<{ runId: number; turn: TurnSummary }>();
  readonly #disposables: vscode.Disposable[];
  readonly #entries = new Map<number, LogEntry>();
  readonly onRow = this.#rows.event;
  readonly onTurn = this.#turns.event;

  constructor(server: PlurnkServer, sessionId: () => number | null) {
    this.#server = server;
    this.#sessionId = sessionId;
    this.#disposables = [
      server.onNotification('log/entry', ({ entry, runId }) => this.#rows.fire({ runId, row: this.#row(entry) })),
      server.onNotification('turn/finished', ({ runId, turnId }) => void this.#turnEnded(runId, turnId)),
    ];
  }

  async run(wanted: number | null): Promise<RunPayload> {
    const params = wanted === null ? {} : { runId: wanted };
    const [{ runs }, { runId, loops, turns }] = await Promise.all([
      this.#server.request('session.runs', {}),
      this.#server.request('run.turns', params),
    ]);
    const shown = runs.filter(run => run.origin === 'model').reverse();
    return {
      runId,
      runName: runs.find(run => run.id === runId)?.name ?? '',
      runs: shown.map(run => ({ id: run.id, name: run.name, parentId: run.parent_run_id, status: run.status })),
      loops,
      turns,
      rows: runId === null ? [] : (await this.#all(runId)).map(entry => this.#row(entry)),
    };
  }

  async packet(turnId: number): Promise<InspectorPacket> {
    const { sections, emission, reasoning, tree, turn } = await this.#server.request('packet.read', { turnId });
    const raw = turn.meta.raw ?? turn.meta.rawResponse ?? turn.meta.response;
    return {
      turnId,
      sections,
      emission: emission ?? '',
      reasoning: reasoning ?? '',
      tree,
      raw: raw === undefined || raw === null ? '' : typeof raw === 'string' ? raw : JSON.stringify(raw, null, 2),
    };
  }

  async diff(turnIdA: number, turnIdB: number): Promise<InspectorDiff> {
    return { turnIdA, turnIdB, ...(await this.#server.request('packet.diff', { turnIdA, turnIdB })) };
  }

  async body(rowId: number): Promise<string> {
    const entry = this.#entries.get(rowId);
    return entry ? wholeBody(entry) : '';
  }

  /** Opens what a row addresses. */
  async openTarget(rowId: number): Promise<void> {
    const entry = this.#entries.get(rowId);
    const row = entry && this.#row(entry);
    if (row?.link) await openTarget(row.link, row.lines);
  }

  async fork(runId: number, atTurn: number): Promise<{ runId: number; runName: string }> {
    return await this.#server.request('run.fork', { runId, atTurn });
  }

  /** One run as one file, secrets removed by the server (UI-32). */
  async exportRun(runId: number, format: 'jsonl' | 'html'): Promise<{ content: string; filename: string }> {
    const id = this.#sessionId();
    if (id === null) throw new Error(vscode.l10n.t('There is no session yet.'));
    return await this.#server.request('session.export', { id, format, runId });
  }

  dispose(): void {
    for (const disposable of this.#disposables) disposable.dispose();
    this.#rows.dispose();
    this.#turns.dispose();
  }

  async #all(runId: number): Promise<LogEntry[]> {
    const entries: LogEntry[] = [];
    for (let sinceId = 0; ; ) {
      const page = (await this.#server.request('log.read', { runId, sinceId, limit: PAGE })).entries;
      entries.push(...page);
      const last = page.at(-1);
      if (page.length < PAGE || !last) return entries;
      sinceId = last.id;
    }
  }

  #row(entry: LogEntry): RowView {
    this.#entries.set(entry.id, entry);
    return rowView(entry, { proposal: null, live: false });
  }

  async #turnEnded(runId: number, turnId: number): Promise<void> {
    const { turns } = await this.#server.request('run.turns', { runId });
    const turn = turns.find(one => one.id === turnId);
    if (turn) this.#turns.fire({ runId, turn });
  }
}
