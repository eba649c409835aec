export type { ModelAlias } from './alias.ts';
export type * from './deps.ts';
export type * from './provider.ts';
export * from './provider-error.ts';
