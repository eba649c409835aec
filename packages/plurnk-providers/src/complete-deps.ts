import type { Environment } from './alias.ts';
import { systemClock } from './clock.ts';
import type { GrammarMode, ProviderDeps } from './deps.ts';
import { createNodeFetch } from './transport/node-fetch.ts';
import { proxyFromEnvironment } from './transport/proxy.ts';

const DEFAULT_FETCH_TIMEOUT_MS = 600_000;
const DEFAULT_ATTEMPTS = 5;
const directFetch = createNodeFetch();
const OFF = new Set(['0', 'off', 'false', 'no']);
const ON = new Set(['1', 'on', 'true', 'yes']);

/** Fills in the real clock, randomness, network and defaults. */
export function completeDeps(deps: Partial<ProviderDeps> = {}): ProviderDeps {
  return {
    clock: systemClock,
    random: Math.random,
    fetch: directFetch,
    clientModels: null,
    fetchTimeoutMs: DEFAULT_FETCH_TIMEOUT_MS,
    grammarMode: 'auto',
    maxAttempts: DEFAULT_ATTEMPTS,
    prices: {},
    ...deps,
  };
}

/**
 * `PLURNK_PROVIDERS_FETCH_TIMEOUT` (milliseconds), `PLURNK_PROVIDERS_GBNF` (`0`/`off`, `1`/`on`, else `auto`) and
 * `HTTPS_PROXY`, `HTTP_PROXY`, `ALL_PROXY`, `NO_PROXY`; `proxy` is what the editor says instead (`http.proxy`).
 */
export function depsFromEnvironment(
  env: Environment,
  proxy: string | null = null,
): Pick<ProviderDeps, 'fetchTimeoutMs' | 'grammarMode' | 'fetch'> {
  const timeout = Number(env.PLURNK_PROVIDERS_FETCH_TIMEOUT ?? '');
  const wanted = (env.PLURNK_PROVIDERS_GBNF ?? '').toLowerCase();
  const grammarMode: GrammarMode = OFF.has(wanted) ? 'off' : ON.has(wanted) ? 'on' : 'auto';
  return {
    fetchTimeoutMs: Number.isFinite(timeout) && timeout > 0 ? timeout : DEFAULT_FETCH_TIMEOUT_MS,
    grammarMode,
    fetch: createNodeFetch(proxyFromEnvironment(env, proxy)),
  };
}
