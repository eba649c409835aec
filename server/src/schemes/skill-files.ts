/** Skill folders: where they are, what is in them, what they say they are for. */
import { readdir, readFile, realpath } from 'node:fs/promises';
import path from 'node:path';
import { parse as parseYaml } from 'yaml';
import { decode } from '../content/encoding.ts';
import { isBinary } from '../content/mimetype.ts';
import { compareText, isInside, refusedPath } from '../workspace/paths.ts';

/** Folders that hold skill folders, below the workspace and below the home folder; the first is where new ones go. */
const PLACES = ['.plurnk/skills', '.agents/skills', '.claude/skills', '.github/skills'];
const MAIN = 'SKILL.md';
const MAX_DEPTH = 4;
const MAX_FILES = 500;

export interface Skill {
  readonly name: string;
  /** Absolute and real. */
  readonly folder: string;
}

async function foldersIn(place: string): Promise<string[]> {
  try {
    const entries = await readdir(place, { withFileTypes: true });
    return entries.filter(entry => entry.isDirectory() || entry.isSymbolicLink()).map(entry => entry.name);
  } catch {
    return [];
  }
}

/** By name ascending; the first root that has a name wins. */
export async function findSkills(roots: readonly string[]): Promise<readonly Skill[]> {
  const found = new Map<string, Skill>();
  for (const root of roots) {
    for (const place of PLACES.map(name => path.join(root, name))) {
      for (const name of await foldersIn(place)) {
        const folder = await realpath(path.join(place, name)).catch(() => null);
        const main = folder === null ? null : await readFile(path.join(folder, MAIN)).catch(() => null);
        if (folder !== null && main !== null && !found.has(name)) found.set(name, { name, folder });
      }
    }
  }
  return [...found.values()].sort((a, b) => compareText(a.name, b.name));
}

/** Files of a skill, relative, `SKILL.md` first. */
export async function filesOf(skill: Skill): Promise<readonly string[]> {
  const files: string[] = [];
  let open = [''];
  for (let depth = 0; depth < MAX_DEPTH && open.length > 0 && files.length < MAX_FILES; depth++) {
    const deeper: string[] = [];
    for (const folder of open) {
      const entries = await readdir(path.join(skill.folder, folder), { withFileTypes: true }).catch(() => []);
      for (const entry of entries) {
        const name = folder === '' ? entry.name : `${folder}/${entry.name}`;
        if (entry.isFile()) files.push(name);
        if (entry.isDirectory() && entry.name !== '.git' && entry.name !== 'node_modules') deeper.push(name);
      }
    }
    open = deeper;
  }
  const rest = files.filter(file => file !== MAIN).sort(compareText);
  return [MAIN, ...rest.slice(0, MAX_FILES)];
}

/** The text of a file of the skill; null when absent, binary, or outside the skill's folder. */
export async function readSkillFile(skill: Skill, file: string): Promise<string | null> {
  const absolute = await insideSkill(skill, file);
  const bytes = absolute === null ? null : await readFile(absolute).catch(() => null);
  return bytes === null || isBinary(bytes) ? null : decode(bytes).text;
}

async function insideSkill(skill: Skill, file: string): Promise<string | null> {
  if (refusedPath(file) !== null) return null;
  const real = await realpath(path.join(skill.folder, file)).catch(() => null);
  return real !== null && isInside(skill.folder, real) ? real : null;
}

/** `description` of the front matter, else the first line of prose. */
export function descriptionOf(text: string): string {
  const front = /^---\n([\s\S]*?)\n---(?:\n|$)/.exec(text);
  const told = front === null ? null : frontMatter(front[1] ?? '');
  if (told !== null) return told;
  const prose = text.slice(front?.[0].length ?? 0).split('\n');
  return prose.map(line => line.replace(/^#+\s*/, '').trim()).find(line => line !== '') ?? '';
}

function frontMatter(source: string): string | null {
  try {
    const value: unknown = parseYaml(source, { maxAliasCount: 10 });
    const found = typeof value === 'object' && value !== null && 'description' in value ? value.description : null;
    return typeof found === 'string' ? found.trim() : null;
  } catch {
    return null;
  }
}

/** Where a file of a new or an existing skill is written; null when its name may not be used. */
export function placeFor(roots: readonly string[], skill: Skill | null, name: string, file: string): string | null {
  const [root] = roots;
  const folder = skill?.folder ?? (root === undefined ? null : path.join(root, PLACES[0] ?? '', name));
  if (folder === null || refusedPath(`${name}/${file}`) !== null) return null;
  const absolute = path.resolve(folder, file);
  return isInside(folder, absolute) && absolute !== folder ? absolute : null;
}
