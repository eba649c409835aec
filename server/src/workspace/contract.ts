/** Project files: membership, snapshots, changes on disk, git, and the door through which accepted edits are written. */
import type { ConstraintEffect } from '@plurnk/protocol';
import type { SessionId } from '../store/contract.ts';

export interface FileSnapshot {
  /** Workspace-relative with forward slashes. */
  readonly path: string;
  readonly text: string;
  /** Hash over the bytes; what compare-and-swap compares (RES-63). */
  readonly signature: string;
  /** The text comes from an unsaved editor buffer (RES-62). */
  readonly fromBuffer: boolean;
  readonly mimetype: string;
}

/** Where a member is, for those who look into many files. */
export interface FilePlace {
  readonly absolute: string;
  /** Changes with the content; asks the disk when it is read. */
  readonly key: string;
  /** Text of an unsaved editor buffer. */
  readonly buffer: string | null;
  /** Text now; null when it is binary, too large or gone. */
  text(): Promise<string | null>;
}

export type FileFailure = {
  readonly status: 400 | 403 | 404 | 405 | 409 | 413 | 415 | 500;
  readonly message: string;
  /** `write_conflict` when something else changed the file, `apply_failed` when the system or the editor refused. */
  readonly outcome?: string;
};

export interface FileChange {
  readonly path: string;
  /** null = the file is gone. */
  readonly before: FileSnapshot | null;
  readonly after: FileSnapshot | null;
}

export interface Workspace {
  /** Member paths, ascending (RES-60). */
  members(sessionId: SessionId): Promise<readonly string[]>;
  effects(
    sessionId: SessionId,
  ): Promise<{ members: readonly { path: string; effect: 'member' | 'view' }[]; hidden: readonly string[] }>;
  /** Resolves a target as the model wrote it to a member path, or says why not (RES-3, RES-60). */
  resolve(
    sessionId: SessionId,
    raw: string,
    forWriting: boolean,
  ): Promise<{ path: string; exists: boolean } | FileFailure>;
  read(sessionId: SessionId, path: string): Promise<FileSnapshot | FileFailure>;
  /** What compare-and-swap compares, also of binary files, which have no text. */
  signature(
    sessionId: SessionId,
    path: string,
  ): Promise<{ readonly signature: string; readonly binary: boolean } | FileFailure>;
  /** For search and listings of members: where each file is, without looking at it. Membership is not checked again. */
  locator(sessionId: SessionId): (path: string) => FilePlace;
  /** The session has this content from now on: it enters the database, and changes on disk are narrated (RES-61, ENG-50). */
  remember(sessionId: SessionId, snapshot: FileSnapshot): void;
  /** What the session last saw of a file: the baseline of a model's edit (RES-62); null when it never saw it. */
  known(sessionId: SessionId, path: string): FileSnapshot | null;
  /** Compare-and-swap, atomic, encoding and line endings kept; `expected` null = must not exist (RES-63, RES-64). */
  write(
    sessionId: SessionId,
    path: string,
    text: string,
    expected: string | null,
  ): Promise<{ signature: string } | FileFailure>;
  remove(sessionId: SessionId, path: string, expected: string): Promise<{ removed: true } | FileFailure>;
  move(sessionId: SessionId, from: string, to: string, expected: string): Promise<{ signature: string } | FileFailure>;
  /** What changed on disk since the last sync among files the session has content for (ENG-21, ENG-50). */
  sync(sessionId: SessionId): Promise<readonly FileChange[]>;
  /** One line for the packet (branch and counts); null without git or where git is denied. */
  gitStatus(sessionId: SessionId): Promise<string | null>;
  constraintsChanged(sessionId: SessionId): void;
  /** A cwd as the model wrote it, absolute and inside the workspace, or why not (RES-22). */
  directory(sessionId: SessionId, raw: string | null): Promise<string | FileFailure>;
  dispose(): void;
}

/** What an attached editor can do for the server; absent for the daemon and headless sessions. */
export interface EditorBridge {
  /** Text of an open document with unsaved changes, by absolute path; null when there is none. */
  bufferText(absolutePath: string): string | null;
  /** Applies through a workspace edit and saves (RES-64); false when the editor refused. */
  applyEdit(edit: EditorEdit): Promise<{ readonly applied: boolean; readonly reason?: string }>;
}

export type EditorEdit =
  | { readonly kind: 'write'; readonly path: string; readonly text: string; readonly create: boolean }
  | { readonly kind: 'delete'; readonly path: string }
  | { readonly kind: 'rename'; readonly path: string; readonly to: string };

export type Constraint = { readonly effect: ConstraintEffect; readonly glob: string };
