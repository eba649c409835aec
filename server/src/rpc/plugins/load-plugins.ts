import { readFileSync, statSync } from 'node:fs';
import { createRequire } from 'node:module';
import { homedir } from 'node:os';
import { isAbsolute, join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { z } from 'zod';
import type { Plugin } from './plugin-api.ts';
import { PLUGIN_KINDS } from './plugin-api.ts';
import { PluginError, type PluginHost } from './plugin-host.ts';

export interface PluginSettings {
  /** `PLURNK_PLUGINS`: package names or paths, separated by commas. */
  readonly plugins: string;
  /** `PLURNK_PLUGINS_TRUSTED_ONLY` */
  readonly pluginsTrustedOnly: boolean;
  /** `PLURNK_PLUGINS_TRUSTED`: package names. */
  readonly pluginsTrusted: string;
}

const manifestSchema = z.object({
  name: z.string().min(1),
  main: z.string().optional(),
  exports: z.union([z.string(), z.record(z.string(), z.unknown())]).optional(),
  plurnk: z.object({ kind: z.enum(PLUGIN_KINDS), name: z.string().regex(/^[a-z][a-z0-9+./-]*$/i) }),
});
type PluginManifest = z.infer<typeof manifestSchema>;

/**
 * Loads the daemon's plugins in the given order. A conflict of names rejects (RES-71); a plugin that cannot be loaded is
 * left out, with a sentence in what is returned.
 */
export async function loadPlugins(host: PluginHost, settings: PluginSettings, folder: string): Promise<string[]> {
  const problems: string[] = [];
  const trusted = listOf(settings.pluginsTrusted);
  for (const specifier of listOf(settings.plugins)) {
    try {
      const { manifest, entry } = find(specifier, folder);
      if (settings.pluginsTrustedOnly && !trusted.includes(manifest.name)) {
        problems.push(`The plugin ${manifest.name} is not in PLURNK_PLUGINS_TRUSTED and was not loaded.`);
        continue;
      }
      host.add(await load(manifest, entry), manifest.name);
    } catch (error) {
      if (error instanceof PluginError) throw error;
      problems.push(
        `The plugin ${specifier} was not loaded: ${error instanceof Error ? error.message : String(error)}`,
      );
    }
  }
  return problems;
}

/** The module's export `plugin`, which must be what its manifest says. */
async function load(manifest: PluginManifest, entry: string): Promise<Plugin> {
  const module = (await import(pathToFileURL(entry).href)) as { plugin?: Partial<Plugin> };
  const { kind, name } = manifest.plurnk;
  if (module.plugin?.kind !== kind || module.plugin.name !== name) {
    throw new Error(`its module does not export a plugin that is the ${kind} "${name}", as its package.json says`);
  }
  return module.plugin as Plugin;
}

function find(specifier: string, folder: string): { manifest: PluginManifest; entry: string } {
  const root = isPath(specifier)
    ? resolve(folder, specifier.replace(/^~(?=[/\\])/, homedir()))
    : packageRoot(specifier, folder);
  const text = readFileSync(join(root, 'package.json'), 'utf8');
  const read = manifestSchema.safeParse(JSON.parse(text));
  if (!read.success) throw new Error('its package.json has no "plurnk": {"kind", "name"}');
  const { exports, main = 'index.js' } = read.data;
  return { manifest: read.data, entry: join(root, typeof exports === 'string' ? exports : main) };
}

function packageRoot(name: string, folder: string): string {
  const require = createRequire(join(folder, 'package.json'));
  for (const modules of require.resolve.paths(name) ?? []) {
    const root = join(modules, name);
    if (statSync(join(root, 'package.json'), { throwIfNoEntry: false })?.isFile()) return root;
  }
  throw new Error(`there is no package of that name in reach of ${folder}`);
}

function isPath(specifier: string): boolean {
  return specifier.startsWith('.') || specifier.startsWith('~') || isAbsolute(specifier);
}

function listOf(text: string): string[] {
  return text
    .split(',')
    .map(each => each.trim())
    .filter(each => each !== '');
}
