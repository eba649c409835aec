import type {
  CHAT_TO_VIEW,
  ChatMode,
  ChatToView,
  Chip,
  Completion,
  HeaderView,
  LoopView,
  Message,
  ModelChoice,
  Notice,
  PendingView,
  RowView,
} from '@plurnk/protocol/webview';
import { Timeline } from './timeline.ts';

export interface Output {
  text: string;
  live: boolean;
}

const OUTPUT_LIMIT = 60_000;

/**
 * Everything the chat shows. It holds nothing that the server cannot give again (UI-14), and changes only by
 * increments (UI-16); `apply` says what has to be drawn again.
 */
export class ChatState {
  readonly timeline = new Timeline();
  readonly outputs = new Map<number, Output>();
  readonly bodies = new Map<number, string>();
  header: HeaderView | null = null;
  models: ChatToView['models'] = { models: [], selected: null, probing: false };
  pending: PendingView = { changes: 0, files: 0, commands: 0, added: 0, removed: 0 };
  notices: Notice[] = [];
  chips: Chip[] = [];
  /** What is selected in the editor goes with the next prompt; null: nothing, or the person took it away. */
  selection: Chip | null = null;
  completions: { request: number; items: readonly Completion[] } = { request: 0, items: [] };
  prompts: readonly string[] = [];
  mode: ChatMode = 'act';
  mac = false;
  examples: readonly string[] = [];
  commands: readonly { name: string; detail: string }[] = [];
  /** False until the first conversation arrived: the empty state must not flash. */
  loaded = false;
  runId: number | null = null;
  /** The rows before the first one were asked for. */
  loadingOlder = false;

  get selectedModel(): ModelChoice | null {
    return this.models.models.find(model => model.alias === this.models.selected) ?? null;
  }

  apply(message: Message<typeof CHAT_TO_VIEW>): void {
    switch (message.type) {
      case 'init':
        this.mac = message.payload.mac;
        this.mode = message.payload.mode;
        this.examples = message.payload.examples;
        this.commands = message.payload.commands;
        break;
      case 'conversation':
        this.#conversation(message.payload);
        break;
      case 'older':
        this.loadingOlder = false;
        if (message.payload.runId === this.runId) this.timeline.prepend(message.payload.rows, message.payload.more);
        break;
      case 'row':
        this.#row(message.payload.row);
        break;
      case 'loop':
        this.timeline.setLoop(message.payload.loop);
        break;
      case 'turn/started':
        this.timeline.startTurn(message.payload.turnId);
        break;
      case 'turn/delta':
        this.timeline.growTurn(message.payload.turnId, message.payload.text);
        break;
      case 'turn/finished':
        this.timeline.endTurn(message.payload.turnId);
        break;
      case 'output':
        this.#output(message.payload);
        break;
      case 'row/body':
        this.bodies.set(message.payload.rowId, message.payload.text);
        break;
      case 'notice':
        this.notices = [...this.notices.filter(notice => notice.key !== message.payload.key), message.payload];
        break;
      case 'notice/clear':
        this.notices = this.notices.filter(notice => notice.key !== message.payload.key);
        break;
      case 'chip':
        this.addChip(message.payload.chip);
        break;
      case 'selection':
        this.selection = message.payload.chip;
        break;
      case 'header':
        this.header = message.payload;
        break;
      case 'models':
        this.models = message.payload;
        break;
      case 'pending':
        this.pending = message.payload;
        break;
      case 'completions':
        this.completions = message.payload;
        break;
      case 'prompts':
        this.prompts = message.payload.prompts;
        break;
      case 'compose':
      case 'focus':
        break;
    }
  }

  addChip(chip: Chip): void {
    const same = (other: Chip) => other.path === chip.path && String(other.lines) === String(chip.lines);
    if (!this.chips.some(same)) this.chips = [...this.chips, chip];
  }

  removeChip(chip: Chip): void {
    if (chip === this.selection) this.selection = null;
    this.chips = this.chips.filter(other => other !== chip);
  }

  /** What goes with a prompt that is sent now. */
  takeChips(): readonly Chip[] {
    if (this.selection) this.addChip(this.selection);
    const taken = this.chips;
    this.chips = [];
    this.selection = null;
    return taken;
  }

  #conversation({ runId, rows, loops, more }: ChatToView['conversation']): void {
    if (runId !== this.runId) {
      this.outputs.clear();
      this.bodies.clear();
    }
    this.runId = runId;
    this.loaded = true;
    this.loadingOlder = false;
    this.timeline.reset(rows, loops as readonly LoopView[], more);
  }

  #row(row: RowView): void {
    this.bodies.delete(row.id);
    this.timeline.upsert(row);
  }

  #output({ rowId, text, reset, live }: ChatToView['output']): void {
    const before = reset ? '' : (this.outputs.get(rowId)?.text ?? '');
    const grown = before + text;
    this.outputs.set(rowId, { text: grown.slice(-OUTPUT_LIMIT), live });
  }
}
