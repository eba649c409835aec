/** The environment of a child: the workspace's, minus secrets (RES-25). */
import { wildcard } from '../content/wildcard.ts';

export interface EnvironmentSource {
  readonly base: { readonly [name: string]: string | undefined };
  /** Names or wildcards that the settings deny. */
  readonly deny: readonly string[];
  /** Values that the client has stored as secrets. */
  readonly secrets: readonly string[];
}

/** Own settings, and what providers call their keys. */
const ALWAYS_DENIED = [
  'PLURNK_*',
  'OPENAI_*KEY*',
  'ANTHROPIC_*KEY*',
  'ANTHROPIC_AUTH_TOKEN',
  'AZURE_*KEY*',
  'GOOGLE_*KEY*',
  'GEMINI_*KEY*',
  'MISTRAL_*KEY*',
  'XAI_*KEY*',
  'OPENROUTER_*KEY*',
  'GROQ_*KEY*',
  'DEEPSEEK_*KEY*',
  'COHERE_*KEY*',
  'TOGETHER_*KEY*',
  'FIREWORKS_*KEY*',
  '*_API_KEY',
  'ELECTRON_RUN_AS_NODE',
  'VSCODE_*',
];
/** Shorter values are too common to be recognised as secrets. */
const SHORTEST_SECRET = 6;

export function childEnvironment(source: EnvironmentSource): NodeJS.ProcessEnv {
  const denied = [...ALWAYS_DENIED, ...source.deny].map(name => wildcard(name.toUpperCase()));
  const secrets = source.secrets.filter(secret => secret.length >= SHORTEST_SECRET);
  const kept = Object.entries(source.base).filter(([name, value]) => {
    if (value === undefined || denied.some(matches => matches(name.toUpperCase()))) return false;
    return !secrets.some(secret => value.includes(secret));
  });
  return Object.fromEntries(kept);
}
