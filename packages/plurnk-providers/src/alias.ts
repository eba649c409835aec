import type { PriceEntry } from './deps.ts';
import { isProviderName, type ProviderName, VENDORS } from './vendor-table.ts';

/** One configured model: what `PLURNK_MODEL_<ALIAS>=<provider>/<model>` or a settings entry says. */
export interface ModelAlias {
  /** Lower-cased name the person picks. */
  readonly alias: string;
  readonly provider: ProviderName;
  /** As the vendor names it; for `scripted` the path of the script. */
  readonly model: string;
  readonly baseUrl?: string;
  /** A secret: never logged, stored or put on the wire. */
  readonly apiKey?: string;
  /** Tokens; wins over what the provider reports. */
  readonly contextSize?: number;
  /** False asks for the whole answer at once, for endpoints whose streaming is broken. */
  readonly streaming?: boolean;
  /** The person's own price; wins over every table (PKT-22). */
  readonly price?: PriceEntry;
}

/** What the editor's settings and SecretStorage say about models. Unset fields fall back to the environment. */
export interface ModelSettings {
  /** Alias to use, or `<provider>/<model>`. */
  readonly model?: string;
  readonly models?: Readonly<Record<string, ModelSettingsEntry>>;
  /** Keys from SecretStorage by alias or by provider name. */
  readonly keys?: Readonly<Record<string, string>>;
}

export interface ModelSettingsEntry {
  readonly provider: string;
  readonly model: string;
  readonly baseUrl?: string;
  readonly contextSize?: number;
  readonly streaming?: boolean;
  readonly price?: PriceEntry;
}

export interface ModelConfig {
  /** In the order of definition; settings before environment. */
  readonly aliases: readonly ModelAlias[];
  /** The alias that is used when none is asked for; null if none is chosen and there is not exactly one. */
  readonly active: string | null;
  /** Sentences about entries that make no sense, for the person. */
  readonly problems: readonly string[];
}

/** One row of `providers.list`. */
export interface AliasListing {
  readonly alias: string;
  readonly provider: string;
  readonly model: string;
  readonly active: boolean;
  readonly contextSize: number | null;
}

export type Environment = Readonly<Record<string, string | undefined>>;

const ALIAS_KEY = /^PLURNK_MODEL_(.+)$/;
const DEMO: ModelAlias = { alias: 'demo', provider: 'demo', model: 'demo' };

/** Reads every configured model. Never throws; what cannot be understood is a problem. */
export function readModelConfig(env: Environment, settings: ModelSettings = {}): ModelConfig {
  const aliases = new Map<string, ModelAlias>();
  const problems: string[] = [];
  for (const [name, entry] of Object.entries(settings.models ?? {})) {
    addAlias({ name, ...entry }, { env, settings, aliases, problems });
  }
  for (const [key, value] of Object.entries(env)) {
    const name = ALIAS_KEY.exec(key)?.[1];
    if (name !== undefined && value !== undefined && value !== '' && !aliases.has(name.toLowerCase())) {
      addAlias({ name, ...splitModel(value) }, { env, settings, aliases, problems });
    }
  }
  const active = chooseActive(settings.model ?? env.PLURNK_MODEL, { env, settings, aliases, problems });
  return { aliases: [...aliases.values()], active, problems };
}

/** The alias of that name (any case), the built-in `demo`, a direct `<provider>/<model>`, or null. */
export function findAlias(config: ModelConfig, name: string): ModelAlias | null {
  const wanted = name.toLowerCase();
  return config.aliases.find(alias => alias.alias === wanted) ?? (wanted === 'demo' ? DEMO : null);
}

/** The rows of `providers.list`. Never carries a key or an endpoint. */
export function listAliases(config: ModelConfig): AliasListing[] {
  return config.aliases.map(alias => ({
    alias: alias.alias,
    provider: alias.provider,
    model: alias.model,
    active: alias.alias === config.active,
    contextSize: alias.contextSize ?? (alias.provider === 'demo' ? 32_768 : null),
  }));
}

/** Every secret of a configuration, for `redact`. */
export function secretsOf(config: ModelConfig): string[] {
  return [...new Set(config.aliases.map(alias => alias.apiKey).filter(key => key !== undefined))];
}

interface AliasScope {
  readonly env: Environment;
  readonly settings: ModelSettings;
  readonly aliases: Map<string, ModelAlias>;
  readonly problems: string[];
}

function addAlias(entry: ModelSettingsEntry & { readonly name: string }, scope: AliasScope): ModelAlias | null {
  if (!isProviderName(entry.provider)) {
    const known = Object.keys(VENDORS).join(', ');
    scope.problems.push(`Model "${entry.name}" names the provider "${entry.provider}". Known are: ${known}.`);
    return null;
  }
  if (entry.model === '' && entry.provider !== 'demo') {
    scope.problems.push(`Model "${entry.name}" names no model. Write <provider>/<model>.`);
    return null;
  }
  const alias = completeAlias(entry, entry.provider, scope);
  scope.aliases.set(alias.alias, alias);
  return alias;
}

function completeAlias(
  entry: ModelSettingsEntry & { readonly name: string },
  provider: ProviderName,
  scope: AliasScope,
): ModelAlias {
  const name = entry.name.toLowerCase();
  const vendor = VENDORS[provider];
  const baseUrl =
    entry.baseUrl ?? ofAlias(scope.env, 'PLURNK_BASE_URL_', name) ?? firstOf(scope.env, vendor.baseUrlVariables);
  const keys = scope.settings.keys ?? {};
  const apiKey =
    keys[entry.name] ??
    keys[name] ??
    ofAlias(scope.env, 'PLURNK_API_KEY_', name) ??
    keys[provider] ??
    firstOf(scope.env, vendor.keyVariables);
  const contextSize = entry.contextSize ?? readSize(entry.name, scope);
  const streaming = entry.streaming ?? (ofAlias(scope.env, 'PLURNK_STREAM_', name) === '0' ? false : undefined);
  const price = entry.price ?? readPrice(entry.name, scope);
  return {
    alias: name,
    provider,
    model: entry.model,
    ...(baseUrl === undefined ? {} : { baseUrl }),
    ...(apiKey === undefined ? {} : { apiKey }),
    ...(contextSize === undefined ? {} : { contextSize }),
    ...(streaming === undefined ? {} : { streaming }),
    ...(price === undefined ? {} : { price }),
  };
}

function readSize(name: string, scope: AliasScope): number | undefined {
  const text = ofAlias(scope.env, 'PLURNK_CONTEXT_', name.toLowerCase());
  if (text === undefined) {
    return undefined;
  }
  const size = Number(text);
  if (Number.isInteger(size) && size > 0) {
    return size;
  }
  scope.problems.push(`PLURNK_CONTEXT_${name} is "${text}". It must be a number of tokens.`);
  return undefined;
}

/** `PLURNK_PRICE_<ALIAS>`: US dollars per million tokens as `input,output[,cached input[,cache write]]`. */
function readPrice(name: string, scope: AliasScope): PriceEntry | undefined {
  const text = ofAlias(scope.env, 'PLURNK_PRICE_', name.toLowerCase());
  if (text === undefined) {
    return undefined;
  }
  const numbers = text.split(',').map(part => (part.trim() === '' ? Number.NaN : Number(part)));
  const [input, output, cachedInput, cacheWrite] = numbers;
  if (input === undefined || output === undefined || numbers.length > 4 || !numbers.every(value => value >= 0)) {
    scope.problems.push(
      `PLURNK_PRICE_${name} is "${text}". Write dollars per million tokens: input,output,cached,written.`,
    );
    return undefined;
  }
  return {
    input,
    output,
    ...(cachedInput === undefined ? {} : { cachedInput }),
    ...(cacheWrite === undefined ? {} : { cacheWrite }),
  };
}

function chooseActive(wanted: string | undefined, scope: AliasScope): string | null {
  if (wanted === undefined || wanted === '') {
    const only = [...scope.aliases.keys()];
    return only.length === 1 ? (only[0] ?? null) : null;
  }
  const name = wanted.toLowerCase();
  if (scope.aliases.has(name)) {
    return name;
  }
  if (name === 'demo') {
    scope.aliases.set('demo', DEMO);
    return 'demo';
  }
  if (!wanted.includes('/')) {
    scope.problems.push(
      `The model "${wanted}" is not defined. Set PLURNK_MODEL_${wanted.toUpperCase()}=<provider>/<model>.`,
    );
    return null;
  }
  return addAlias({ name: wanted, ...splitModel(wanted) }, scope)?.alias ?? null;
}

/** `<provider>/<model>`; the model may hold further slashes. */
function splitModel(value: string): { readonly provider: string; readonly model: string } {
  const cut = value.indexOf('/');
  return cut < 0
    ? { provider: value.trim(), model: '' }
    : { provider: value.slice(0, cut).trim(), model: value.slice(cut + 1).trim() };
}

/** A variable with the alias as its end, in any case. */
function ofAlias(env: Environment, prefix: string, alias: string): string | undefined {
  const key = Object.keys(env).find(
    candidate => candidate.startsWith(prefix) && candidate.slice(prefix.length).toLowerCase() === alias,
  );
  const value = key === undefined ? undefined : env[key];
  return value === '' ? undefined : value;
}

function firstOf(env: Environment, keys: readonly string[]): string | undefined {
  return keys.map(key => env[key]).find(value => value !== undefined && value !== '');
}
