import { SETTINGS, type SettingSpec } from '@plurnk/protocol';

const WIDTH = 34;

/** `plurnk-daemon --help`: the environment variables, from the settings table. */
export function daemonHelp(): string {
  const lines = Object.values(SETTINGS).flatMap(helpLine);
  return `plurnk-daemon: the Plurnk engine for other clients, JSON-RPC over WebSocket on this machine.

It prints its address (ws://127.0.0.1:<port>) when it is ready and stops on SIGTERM. It is set by environment variables:

${lines.join('\n')}

Providers read their own variables too: OPENAI_BASE_URL, OPENAI_API_KEY, ANTHROPIC_API_KEY, and so on.`;
}

function helpLine(spec: SettingSpec): string[] {
  if (spec.env === null) return [];
  const standard = spec.default === null || spec.default === '' ? '' : ` (${spec.default})`;
  return [`  ${spec.env.padEnd(WIDTH)} ${spec.description}${standard}`];
}
