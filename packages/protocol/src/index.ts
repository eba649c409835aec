export * from './domain.ts';
export * from './editor-requests.ts';
export * from './error-codes.ts';
export * from './log-entry.ts';
export * from './method.ts';
export * from './methods/index.ts';
export {
  type DiscoveredModel,
  discoveredModelSchema,
  type ModelAliasInfo,
  modelAliasSchema,
} from './methods/model-methods.ts';
export type { OpRpcResult } from './methods/op-methods.ts';
export {
  type EmissionNode,
  emissionNodeSchema,
  type LoopSummary,
  type PacketSection,
  packetSectionSchema,
  type StoredEntry,
  type TurnSummary,
  turnSummarySchema,
} from './methods/read-methods.ts';
export {
  EXPORT_FORMATS,
  type RunSummary,
  runSummarySchema,
  type SessionSummary,
  sessionSummarySchema,
} from './methods/session-methods.ts';
export * from './notifications.ts';
export * from './proposal.ts';
export * from './session-settings.ts';
export * from './settings/index.ts';
export * from './settings/read-settings.ts';
