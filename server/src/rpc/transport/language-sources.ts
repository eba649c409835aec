import type { LanguageSources } from '../../language/sources.ts';
import type { Operations } from '../../schemes/contract.ts';
import type { SessionId, Store } from '../../store/contract.ts';
import type { Workspace } from '../../workspace/contract.ts';

/** What completion reads from the running engine. */
export interface LanguageServices {
  readonly store: Store;
  readonly workspace: Workspace;
  readonly operations: Operations;
  /** The session that the editor is attached to; null before it attached. */
  readonly sessionId: SessionId | null;
}

/** The engine's world for the language features; empty answers until there is one (UI-41). */
export function languageSources(services: () => LanguageServices | null): LanguageSources {
  /** Reads for the attached session, else gives `empty`. */
  const inSession = <T>(read: (services: LanguageServices, sessionId: SessionId) => T, empty: T): T => {
    const now = services();
    return now?.sessionId ? read(now, now.sessionId) : empty;
  };
  return {
    paths: () => inSession(({ workspace }, id) => workspace.members(id), Promise.resolve([])),
    entries: scheme =>
      inSession(({ store }, id) => store.entries.list({ sessionId: id, scheme }).map(one => one.pathname), []),
    runNames: () =>
      inSession(
        ({ store }, id) =>
          store.runs
            .list(id)
            .filter(run => run.origin === 'model')
            .map(run => run.name),
        [],
      ),
    tags: () => inSession(tagsOf, []),
    schemes: () => services()?.operations.schemes ?? [],
    runtimes: () => services()?.operations.runtimes() ?? [],
    channels: scheme => channelsOf(scheme, services()),
    root: () => inSession(({ store }, id) => store.sessions.get(id)?.projectRoot ?? null, null),
  };
}

function tagsOf({ store }: LanguageServices, sessionId: SessionId): readonly string[] {
  const entries = store.entries.schemes(sessionId).flatMap(scheme => store.entries.list({ sessionId, scheme }));
  return [...new Set(entries.flatMap(entry => entry.tags))].sort();
}

function channelsOf(scheme: string, services: LanguageServices | null): readonly string[] {
  if (scheme === 'http' || scheme === 'https') return ['body', 'headers'];
  const isRuntime = services?.operations.runtimes().some(one => one.name === scheme) ?? false;
  return isRuntime || scheme === 'exec' ? ['stdout', 'stderr'] : ['body'];
}
