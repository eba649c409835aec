/** Files of a Git repository: tracked, and untracked but not ignored. Kept up to date folder by folder (RES-60, RES-61). */
import path from 'node:path';
import { entriesOf, FolderStamps, type Found, folderOf, parentsOf, readFolders } from './folders.ts';
import { type Git, nulSeparated } from './git.ts';
import type { Listing } from './listing.ts';
import { compareText } from './paths.ts';
import { Stamps } from './stamps.ts';

const LIST = ['ls-files', '-z', '--cached', '--others', '--exclude-standard'];
/** More changed folders than this are not worth looking at one by one. */
const MAX_PARTIAL = 200;

const escapeGlob = (folder: string): string => folder.replace(/[\\*?[\]]/g, '\\$&');

/** Direct children of a folder, as a pathspec. */
const childrenOf = (folder: string): string => (folder === '' ? ':(glob)*' : `:(glob)${escapeGlob(folder)}/*`);

/** Index, own excludes, and the ignore files above the root: what decides about membership beside the folders. */
async function steeringFiles(git: Git, root: string): Promise<string[]> {
  const names = ['--git-path', 'index', '--git-path', 'info/exclude'];
  const answer = await git.run(root, ['rev-parse', '--show-cdup', ...names]);
  const [up = '', ...files] = answer.stdout.toString('utf8').split('\n');
  const levels = up === '' ? 0 : up.split('/').length - 1;
  const above = Array.from({ length: levels }, (_, depth) => `${'../'.repeat(depth + 1)}.gitignore`);
  return [...files.filter(file => file !== ''), ...above].map(file => path.resolve(root, file));
}

type Names = Pick<ReadonlySet<string>, 'has'>;

function namesOf(listed: readonly string[], anyCase: boolean): Names {
  if (!anyCase) return new Set(listed);
  const folded = new Set(listed.map(name => name.toLowerCase()));
  return { has: name => folded.has(name.toLowerCase()) };
}

export class GitListing implements Listing {
  readonly git = true;
  readonly #root: string;
  readonly #git: Git;
  readonly #now: () => number;
  readonly #anyCase: boolean;
  readonly #folders: FolderStamps;
  readonly #steering = new Stamps();
  readonly #files = new Set<string>();
  readonly #links = new Map<string, string>();
  readonly #submodules = new Map<string, GitListing>();
  #sorted: readonly string[] | null = null;

  private constructor(root: string, git: Git, now: () => number, anyCase: boolean) {
    this.#root = root;
    this.#git = git;
    this.#now = now;
    this.#anyCase = anyCase;
    this.#folders = new FolderStamps(root);
  }

  /** null: this is no repository, or there is no Git. */
  static async make(root: string, git: Git, now: () => number, anyCase = false): Promise<GitListing | null> {
    const listing = new GitListing(root, git, now, anyCase);
    return (await listing.#list()) ? listing : null;
  }

  get paths(): readonly string[] {
    this.#sorted ??= [...this.#all()].sort(compareText);
    return this.#sorted;
  }

  get links(): ReadonlyMap<string, string> {
    const all = new Map(this.#links);
    for (const [folder, inside] of this.#submodules) {
      for (const [link, target] of inside.links) all.set(`${folder}/${link}`, target);
    }
    return all;
  }

  holds(): boolean {
    const inside = [...this.#submodules.values()];
    return this.#steering.hold() && this.#folders.hold() && inside.every(listing => listing.holds());
  }

  async refresh(): Promise<boolean> {
    if (!this.#steering.hold()) return false;
    for (const inside of this.#submodules.values()) if (!inside.holds() && !(await inside.refresh())) return false;
    const changed = this.#folders.changed();
    this.#sorted = null;
    if (changed.length > MAX_PARTIAL) return false;
    return changed.length === 0 || this.#relist(changed);
  }

  *#all(): Iterable<string> {
    yield* this.#files;
    for (const [folder, inside] of this.#submodules) for (const file of inside.#all()) yield `${folder}/${file}`;
  }

  async #list(): Promise<boolean> {
    const now = this.#now();
    const [answer, steering] = await Promise.all([
      this.#git.run(this.#root, LIST),
      steeringFiles(this.#git, this.#root),
    ]);
    if (answer.code !== 0) return false;
    for (const file of steering) this.#steering.take(file, now);
    const listed = nulSeparated(answer.stdout);
    await this.#read([...parentsOf(listed)], namesOf(listed, this.#anyCase), now);
    return true;
  }

  /** Looks again at the folders that changed, and at those that are new in them. */
  async #relist(changed: readonly string[]): Promise<boolean> {
    const now = this.#now();
    const present: string[] = [];
    const specs: string[] = [];
    for (const folder of changed) {
      const names = (await entriesOf(path.join(this.#root, folder))).filter(entry => entry.isDirectory());
      const stillThere =
        folder === '' ||
        names.length > 0 ||
        (await entriesOf(path.join(this.#root, folderOf(folder)))).some(
          entry => entry.isDirectory() && entry.name === path.basename(folder),
        );
      if (!stillThere) this.#drop(folder);
      else {
        present.push(folder);
        const inside = names.map(({ name }) => (folder === '' ? name : `${folder}/${name}`));
        const fresh = inside.filter(name => !this.#folders.has(name) && !name.endsWith('.git'));
        specs.push(childrenOf(folder), ...fresh.map(name => `:(literal)${name}`));
      }
    }
    const again = new Set(present);
    for (const file of this.#files) if (again.has(folderOf(file))) this.#files.delete(file);
    for (const link of this.#links.keys()) if (again.has(folderOf(link))) this.#links.delete(link);
    if (specs.length === 0) return true;
    const answer = await this.#git.run(this.#root, [...LIST, '--', ...specs]);
    if (answer.code !== 0) return false;
    const listed = nulSeparated(answer.stdout);
    const fresh = [...parentsOf(listed)].filter(folder => !this.#folders.has(folder) && !again.has(folder));
    await this.#read([...present, ...fresh], namesOf(listed, this.#anyCase), now);
    return true;
  }

  #drop(folder: string): void {
    const inside = `${folder}/`;
    for (const file of this.#files) if (file.startsWith(inside)) this.#files.delete(file);
    for (const link of this.#links.keys()) if (link.startsWith(inside)) this.#links.delete(link);
    this.#folders.forget(folder);
  }

  /** Takes what is wanted from the folders, and watches those without members. */
  async #read(folders: readonly string[], wanted: Names, now: number): Promise<void> {
    const reading = new Set(folders);
    const walk = await readFolders(this.#root, folders, this.#folders, now, {
      file: name => wanted.has(name),
      folder: name => !reading.has(name) && !this.#folders.has(name) && !this.#submodules.has(name),
    });
    this.#keep(walk, now);
    await this.#addSubmodules(walk.folders.filter(folder => wanted.has(folder)));
    await this.#watchEmpty(
      walk.folders.filter(folder => !wanted.has(folder)),
      now,
    );
  }

  #keep(found: Found, now: number): void {
    for (const file of found.files) {
      this.#files.add(file);
      if (file === '.gitignore' || file.endsWith('/.gitignore')) this.#steering.take(path.join(this.#root, file), now);
    }
    for (const [link, target] of found.links) this.#links.set(link, target);
  }

  async #addSubmodules(folders: readonly string[]): Promise<void> {
    for (const folder of folders) {
      const root = path.join(this.#root, folder);
      this.#folders.take(folder, this.#now());
      const checkedOut = (await entriesOf(root)).some(entry => entry.name === '.git');
      const inside = checkedOut ? await GitListing.make(root, this.#git, this.#now, this.#anyCase) : null;
      if (inside !== null) this.#submodules.set(folder, inside);
    }
  }

  /** A first file in a folder without members must be noticed, unless the folder is ignored. */
  async #watchEmpty(folders: readonly string[], now: number): Promise<void> {
    let open = await this.#notIgnored(folders);
    while (open.length > 0) {
      const inside = await readFolders(this.#root, open, this.#folders, now, { file: () => false, folder: () => true });
      open = await this.#notIgnored(inside.folders);
    }
  }

  async #notIgnored(folders: readonly string[]): Promise<string[]> {
    if (folders.length === 0) return [];
    const asked = `${folders.map(folder => `${folder}/`).join('\0')}\0`;
    const answer = await this.#git.run(this.#root, ['check-ignore', '-z', '--stdin'], asked);
    const ignored = new Set(nulSeparated(answer.stdout).map(folder => folder.replace(/\/$/, '')));
    return folders.filter(folder => !ignored.has(folder));
  }
}
