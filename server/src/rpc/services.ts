import type { MethodInput, MethodName, MethodResult, PlurnkNotifications, SettingValues } from '@plurnk/protocol';
import type { Clock, Engine } from '../engine/contract.ts';
import type { Streams } from '../executors/contract.ts';
import type { Operations } from '../schemes/contract.ts';
import type { RunId, SessionId, Store } from '../store/contract.ts';
import type { StorageTools } from '../store/storage-tools.ts';
import type { Workspace } from '../workspace/contract.ts';
import type { ModelService } from './models/model-service.ts';

/** The session a peer works in, and the run that carries its own ops (ENG-4). */
export interface Attachment {
  readonly sessionId: SessionId;
  readonly runId: RunId;
}

/** The peer that asks; one per connected client, one for in-process calls. */
export interface Caller {
  readonly id: number;
  readonly attachment: Attachment | null;
  /** Binds in place; what was attached before is left (RPC-4). */
  attach(attachment: Attachment): void;
}

/** Everything that all handlers share. */
export interface ServerServices {
  readonly store: Store & StorageTools;
  readonly engine: Engine;
  readonly workspace: Workspace;
  readonly streams: Streams;
  readonly operations: Operations;
  readonly models: ModelService;
  readonly peers: PeerDirectory;
  readonly settings: () => SettingValues;
  readonly clock: Clock;
  readonly version: string;
  /** The newest release that is known on this machine. */
  readonly latestVersion: () => string;
  readonly mimetypes: () => readonly string[];
  /** Unguessable text, for confirmation tokens. */
  readonly nonce: () => string;
  /** What `doctor` reports beside its own checks: plugins, settings that make no sense. */
  readonly notices: () => readonly string[];
}

/** What a handler gets: the shared services and who is asking. */
export interface RpcServices extends ServerServices {
  readonly caller: Caller;
}

/** Who is there, and how to tell them. Implemented by the hub. */
export interface PeerDirectory {
  /** Tells every peer that there is a new session. */
  sessionCreated(session: PlurnkNotifications['session/created']): void;
  /** Tells every peer of the session. */
  sessionChanged(sessionId: SessionId, what: 'name' | 'root' | 'settings' | 'constraints' | 'runs' | 'deleted'): void;
  /** Detaches every peer from a session that is being deleted. */
  detachAll(sessionId: SessionId): void;
  /** Whether someone is attached who could review a proposal (ENG-63). */
  isAttached(sessionId: SessionId): boolean;
}

/**
 * One method. Expected trouble is a `RpcFailure`; what an op did is a result with `status`. State that later requests
 * of the same peer depend on (attaching) is set before the first await.
 */
export type Handler<Name extends MethodName> = (
  params: MethodInput<Name>,
  services: RpcServices,
  signal: AbortSignal,
) => Promise<MethodResult<Name>>;

export type Handlers = { readonly [Name in MethodName]: Handler<Name> };
