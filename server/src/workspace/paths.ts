/** Paths as a model writes them, made safe before any file is touched (RES-3, RL-13). */
import path from 'node:path';

const DEVICE = /^(?:con|prn|aux|nul|com[0-9¹²³]|lpt[0-9¹²³]|conin\$|conout\$)(?:\.|:|$)/i;
/** Characters that some file systems ignore in names, so that `.g\u200cit` is `.git` there. */
const IGNORABLE = /[\u200c-\u200f\u202a-\u202e\u206a-\u206f\ufeff]/g;

/** Git's own folder, under every spelling that a file system may take for it. */
function isGitFolder(segment: string): boolean {
  const plain = segment
    .replace(IGNORABLE, '')
    .replace(/[. ]+$/, '')
    .toLowerCase();
  return plain === '.git' || plain === 'git~1' || plain.startsWith('.git:');
}

/** Why a written path can name no project file; null when it may. */
export function refusedPath(raw: string): string | null {
  if (raw.includes('\0')) return 'A path cannot contain NUL.';
  if (/^(?:\\\\|\/\/)/.test(raw)) return `${raw} is a network path. Use a path inside the workspace.`;
  const segments = raw.split(/[\\/]/);
  if (segments.some(isGitFolder)) return `${raw} is inside Git's own folder, which stays closed. Use EXEC[git].`;
  if (segments.some(segment => DEVICE.test(segment))) return `${raw} names a device of some systems. Use another name.`;
  return null;
}

/** Whether `inner` is `outer` or below it; both absolute and normalised. */
export function isInside(outer: string, inner: string): boolean {
  if (inner === outer) return true;
  const prefix = outer.endsWith(path.sep) ? outer : outer + path.sep;
  return inner.startsWith(prefix);
}

/** Workspace-relative with forward slashes. */
export function relativeTo(root: string, absolute: string): string {
  return path.relative(root, absolute).split(path.sep).join('/');
}

export const compareText = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);
