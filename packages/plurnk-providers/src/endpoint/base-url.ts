import type { ModelAlias } from '../alias.ts';
import { ProviderError } from '../provider-error.ts';
import { type ProviderName, VENDORS } from '../vendor-table.ts';

/** The endpoint of an alias without a slash at its end. Throws `not_configured` if there is none or it is no URL. */
export function baseUrlOf(alias: ModelAlias): string {
  const url = alias.baseUrl ?? VENDORS[alias.provider].defaultBaseUrl;
  if (url === null || url === '') {
    throw notConfigured(
      alias,
      `${VENDORS[alias.provider].label} needs a base URL: set PLURNK_BASE_URL_${alias.alias.toUpperCase()}.`,
    );
  }
  const parsed = URL.canParse(url) ? new URL(url) : null;
  if (parsed === null || !/^https?:$/.test(parsed.protocol)) {
    throw notConfigured(alias, `The base URL of the model "${alias.alias}" is not an http or https address.`);
  }
  return url.replace(/\/+$/, '');
}

/** Whether the endpoint is the vendor's own. */
export function isOfficial(provider: ProviderName, baseUrl: string): boolean {
  const own = VENDORS[provider].defaultBaseUrl;
  if (provider === 'azure') {
    return /\.(azure|microsoft)\.com$/.test(hostNameOf(baseUrl));
  }
  return own !== null && !VENDORS[provider].local && hostNameOf(own) === hostNameOf(baseUrl);
}

export function isLoopback(baseUrl: string): boolean {
  return /^(localhost|127(\.\d+){3}|\[::1\])$/.test(hostNameOf(baseUrl));
}

/** Host and port, for sentences. */
export function hostOf(baseUrl: string): string {
  return URL.canParse(baseUrl) ? new URL(baseUrl).host : 'the endpoint';
}

function hostNameOf(baseUrl: string): string {
  return URL.canParse(baseUrl) ? new URL(baseUrl).hostname : '';
}

export function notConfigured(alias: ModelAlias, message: string): ProviderError {
  return new ProviderError({ kind: 'not_configured', message, provider: alias.provider, model: alias.model });
}
