import * as vscode from 'vscode';
import { ChatController, viewStrings } from './chat/chat-controller.ts';
import { ChatView } from './chat/chat-view.ts';
import { Conversation } from './chat/conversation.ts';
import { Notices } from './chat/notices.ts';
import { ProcessOutput } from './chat/process-output.ts';
import { SelectionChip } from './chat/selection-chip.ts';
import { serveEdits } from './editor/apply-edit.ts';
import { CodeActions } from './editor/code-actions.ts';
import { DirtyBuffers } from './editor/dirty-buffers.ts';
import { EntryDocuments } from './entries/entry-documents.ts';
import { EntryTree } from './entries/entry-tree.ts';
import { InspectorPanel } from './inspector/inspector-panel.ts';
import { InspectorSource } from './inspector/inspector-source.ts';
import { ScriptRunner } from './language/run-script.ts';
import { serveEditorModels } from './language-models/editor-models.ts';
import { ModelService } from './language-models/model-service.ts';
import { registerTools } from './language-models/tools/index.ts';
import { FileRules } from './members/file-rules.ts';
import { createParticipant } from './participant/chat-participant.ts';
import { AllowedCommands } from './review/allowed-commands.ts';
import { HunkLenses } from './review/hunk-lenses.ts';
import { HunkReviews } from './review/hunk-reviews.ts';
import { PendingTree } from './review/pending-tree.ts';
import { ProposalDocuments } from './review/proposal-documents.ts';
import { ProposalService } from './review/proposal-service.ts';
import { ReviewService } from './review/review-service.ts';
import { EditorStateSource } from './server/editor-state.ts';
import { PlurnkServer } from './server/plurnk-server.ts';
import { SessionService } from './session/session-service.ts';
import { Attention } from './status/attention.ts';
import { FileDecorations } from './status/file-decorations.ts';
import { StatusBar } from './status/status-bar.ts';

/** Every part of the extension, made once, in the order of their needs. */
export interface Services {
  readonly context: vscode.ExtensionContext;
  readonly log: vscode.LogOutputChannel;
  readonly editorState: EditorStateSource;
  readonly server: PlurnkServer;
  readonly session: SessionService;
  readonly models: ModelService;
  readonly proposals: ProposalService;
  readonly documents: ProposalDocuments;
  readonly allowed: AllowedCommands;
  readonly review: ReviewService;
  readonly hunks: HunkReviews;
  readonly view: ChatView;
  readonly conversation: Conversation;
  readonly buffers: DirtyBuffers;
  readonly notices: Notices;
  readonly chat: ChatController;
  readonly entries: EntryDocuments;
  readonly entryTree: EntryTree;
  readonly rules: FileRules;
  readonly inspector: InspectorPanel;
  readonly scripts: ScriptRunner;
}

/** Composition root of the client. Everything disposable is owned by the extension's context. */
export function createServices(context: vscode.ExtensionContext): Services {
  const own = <T extends vscode.Disposable>(part: T): T => {
    context.subscriptions.push(part);
    return part;
  };
  const log = own(vscode.window.createOutputChannel('Plurnk', { log: true }));
  const editorState = own(new EditorStateSource(context));
  const program = {
    module: vscode.Uri.joinPath(context.extensionUri, 'dist/server.js').fsPath,
    cacheFolder: vscode.Uri.joinPath(context.globalStorageUri, 'compiled').fsPath,
  };
  const server = own(new PlurnkServer(program, log, () => editorState.current()));
  const memory = context.workspaceState;
  const session = own(new SessionService(server, memory, log));
  const models = own(new ModelService(server, memory));
  const buffers = own(new DirtyBuffers(server));
  const proposals = own(new ProposalService(server, session, () => buffers.flush()));
  const documents = own(new ProposalDocuments(proposals));
  const allowed = new AllowedCommands(server, memory);
  own(session.onSwitched(() => void allowed.apply()));
  const review = own(new ReviewService(proposals, documents, allowed));
  const hunks = own(new HunkReviews(proposals, documents, review));
  own(new HunkLenses(proposals, hunks));
  own(new PendingTree(proposals));
  const view = own(new ChatView(context.extensionUri));
  const conversation = own(new Conversation(server, session, proposals, view));
  const output = own(new ProcessOutput(server, session, view, conversation));
  const notices = own(new Notices(view, server, () => session.current?.id ?? null));
  const parts = { server, session, models, proposals, review, view, conversation, output, notices, buffers, memory };
  const chat = own(new ChatController(parts));
  own(new SelectionChip(view));
  const entries = own(new EntryDocuments(server, session));
  const entryTree = own(new EntryTree(server, session));
  const rules = own(new FileRules(server, session));
  const source = own(new InspectorSource(server, () => session.current?.id ?? null));
  const inspector = own(
    new InspectorPanel(context.extensionUri, {
      source,
      strings: viewStrings,
      currentRun: () => session.runId,
      showRun: runId => session.showRun(runId),
      openTarget: rowId => source.openTarget(rowId),
    }),
  );
  const scripts = own(new ScriptRunner(server, session));
  own(new StatusBar({ server, models, conversation, proposals }));
  own(new FileDecorations(proposals, rules));
  const notify = (text: string, button: string) => vscode.window.showInformationMessage(text, button);
  const focused = () => vscode.window.state.focused;
  const elapsed = () => performance.now();
  own(new Attention({ server, session, proposals, view, review, notify, focused, elapsed }));
  own(new CodeActions());
  own(createParticipant({ server, session, models, proposals }));
  own(registerTools({ server, session }));
  own(serveEdits(server));
  own(serveEditorModels(server));
  return {
    context,
    log,
    editorState,
    server,
    session,
    models,
    proposals,
    documents,
    allowed,
    review,
    hunks,
    view,
    conversation,
    buffers,
    notices,
    chat,
    entries,
    entryTree,
    rules,
    inspector,
    scripts,
  };
}
