// The manifest agrees with the code: every command, view and file it names exists. `node scripts/check-manifest.ts`
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { sourceFiles } from './checks/source-files.ts';
import { projectRoot } from './host/paths.ts';

interface Contributions {
  readonly commands?: readonly { readonly command: string; readonly title?: string }[];
  readonly menus?: Readonly<Record<string, readonly { readonly command?: string; readonly submenu?: string }[]>>;
  readonly submenus?: readonly { readonly id: string }[];
  readonly keybindings?: readonly { readonly command: string }[];
  readonly views?: Readonly<Record<string, readonly { readonly id: string }[]>>;
  readonly viewsContainers?: Readonly<Record<string, readonly { readonly id: string }[]>>;
}
interface Manifest {
  readonly main?: string;
  readonly icon?: string;
  readonly l10n?: string;
  readonly displayName?: string;
  readonly description?: string;
  readonly capabilities?: object;
  readonly contributes?: Contributions;
}

/** Every disagreement, as a sentence. */
export function manifestViolations(
  manifest: Manifest,
  clientText: string,
  fileExists: (path: string) => boolean,
): string[] {
  const contributes = manifest.contributes ?? {};
  return [
    ...commandViolations(contributes, clientText),
    ...viewViolations(contributes, clientText),
    ...referencedFiles(manifest)
      .filter(path => !fileExists(path))
      .map(path => `package.json names ${path}, which does not exist after a build`),
  ];
}

function commandViolations(contributes: Contributions, clientText: string): string[] {
  const commands = new Set((contributes.commands ?? []).map(({ command }) => command));
  const used = [
    ...Object.values(contributes.menus ?? {})
      .flat()
      .flatMap(({ command }) => (command ? [command] : [])),
    ...(contributes.keybindings ?? []).map(({ command }) => command),
  ];
  const submenus = new Set((contributes.submenus ?? []).map(({ id }) => id));
  const usedSubmenus = Object.values(contributes.menus ?? {})
    .flat()
    .flatMap(({ submenu }) => (submenu ? [submenu] : []));
  const registered = [...clientText.matchAll(/registerCommand\(\s*['"](plurnk\.[\w.]+)['"]/g)].map(
    match => match[1] ?? '',
  );
  return [
    ...[...commands]
      .filter(id => !quoted(clientText, id))
      .map(id => `the command ${id} is contributed but not in client/src`),
    ...used
      .filter(id => id.startsWith('plurnk.') && !commands.has(id))
      .map(id => `a menu or keybinding uses ${id}, which is not contributed`),
    ...usedSubmenus
      .filter(id => !submenus.has(id))
      .map(id => `a menu uses the submenu ${id}, which is not contributed`),
    ...registered
      .filter(id => !commands.has(id) && !id.startsWith('plurnk.internal.'))
      .map(id => `client/src registers ${id}, which is not contributed (internal ones are named plurnk.internal.…)`),
  ];
}

function viewViolations(contributes: Contributions, clientText: string): string[] {
  const containers = new Set(
    Object.values(contributes.viewsContainers ?? {})
      .flat()
      .map(({ id }) => id),
  );
  const builtIn = ['explorer', 'scm', 'debug', 'test', 'remote'];
  return Object.entries(contributes.views ?? {}).flatMap(([container, views]) => [
    ...(containers.has(container) || builtIn.includes(container)
      ? []
      : [`views are in ${container}, which is not contributed`]),
    ...views
      .filter(({ id }) => !quoted(clientText, id))
      .map(({ id }) => `the view ${id} is contributed but not in client/src`),
  ]);
}

function quoted(text: string, id: string): boolean {
  return [`'${id}'`, `"${id}"`, `\`${id}\``].some(form => text.includes(form));
}

/** What a person reads, and in which language they do (UI-56): each text is `%key%`, each key is in every language. */
export function stringViolations(manifest: object, languages: Readonly<Record<string, Strings>>): string[] {
  const used = new Set<string>();
  const violations: string[] = [];
  const visit = (value: unknown, path: string) => {
    if (typeof value === 'string') {
      const key = /^%(.+)%$/.exec(value)?.[1];
      if (key) used.add(key);
      else if (READ_BY_PEOPLE.test(path) && !NAMES.test(value))
        violations.push(`package.json: ${path} is not localised`);
    } else if (value && typeof value === 'object') {
      for (const [name, below] of Object.entries(value)) if (!READ_BY_MODELS.has(name)) visit(below, `${path}.${name}`);
    }
  };
  visit(manifest, '');
  for (const [file, strings] of Object.entries(languages)) {
    violations.push(
      ...[...used].filter(key => !strings[key]).map(key => `${file} lacks ${key}`),
      ...Object.keys(strings)
        .filter(key => !used.has(key))
        .map(key => `${file} has ${key}, which package.json does not use`),
    );
  }
  return violations;
}

type Strings = Readonly<Record<string, string>>;
const READ_BY_PEOPLE =
  /\.(?:title|shortTitle|label|description|markdownDescription|userDescription|displayName|fullName|contents|category|name)$/;
const READ_BY_MODELS = new Set(['modelDescription', 'inputSchema']);
/** The product and identifiers are the same in every language. */
const NAMES = /^(?:Plurnk|plurnk\w*)$/;

/** Every relative path in the manifest: icons, grammars, walkthrough media, configurations. */
export function referencedFiles(manifest: Manifest): string[] {
  const found = new Set<string>();
  const visit = (value: unknown) => {
    if (typeof value === 'string') {
      if (/^\.\/|^(?:media|syntaxes|docs|l10n)\/[\w./-]+\.\w+$/.test(value)) found.add(value.replace(/^\.\//, ''));
    } else if (value && typeof value === 'object') Object.values(value).forEach(visit);
  };
  visit(manifest.contributes);
  for (const path of [manifest.main, manifest.icon, manifest.l10n]) if (path) found.add(path.replace(/^\.\//, ''));
  return [...found].filter(path => path !== '' && !path.includes('*'));
}

/** Checks the project's own manifest (after a build). */
export function checkManifest(): string[] {
  const manifest = JSON.parse(readFileSync(join(projectRoot, 'package.json'), 'utf8')) as Manifest;
  const client = sourceFiles(['client/src', 'packages/protocol/src'], ['.ts'])
    .map(({ text }) => text)
    .join('\n');
  const read = (file: string) => JSON.parse(readFileSync(join(projectRoot, file), 'utf8')) as Strings;
  const { displayName, description, contributes, capabilities } = manifest;
  const languages = Object.fromEntries(['package.nls.json', 'package.nls.de.json'].map(file => [file, read(file)]));
  return [
    ...manifestViolations(manifest, client, path => existsSync(join(projectRoot, path))),
    ...stringViolations({ displayName, description, contributes, capabilities }, languages),
  ];
}

if (process.argv[1] && import.meta.url === pathToFileURL(process.argv[1]).href) {
  const violations = checkManifest();
  for (const violation of violations) console.error(violation);
  console.log(violations.length === 0 ? 'manifest: agrees with the code' : `manifest: ${violations.length} violations`);
  process.exitCode = violations.length === 0 ? 0 : 1;
}
