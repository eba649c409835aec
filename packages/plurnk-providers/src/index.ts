export * from './alias.ts';
export { systemClock } from './clock.ts';
export { completeDeps, depsFromEnvironment } from './complete-deps.ts';
export { createProvider } from './create-provider.ts';
export type * from './deps.ts';
export { Mock, type MockOptions, type MockReply } from './local/mock-provider.ts';
export type * from './provider.ts';
export * from './provider-error.ts';
export { isProviderName, type ProviderName, VENDORS, type VendorInfo } from './vendor-table.ts';
