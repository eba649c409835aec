/** What completion and links ask of the running engine; every answer may be empty. */
export interface LanguageSources {
  /** Member paths of the workspace, ascending. */
  paths(): Promise<readonly string[]>;
  /** Pathnames of the entries of a scheme (`/plan.md`). */
  entries(scheme: string): readonly string[];
  runNames(): readonly string[];
  tags(): readonly string[];
  schemes(): readonly SchemeHelp[];
  runtimes(): readonly RuntimeHelp[];
  /** Channels of a scheme, the default first. */
  channels(scheme: string): readonly string[];
  /** Absolute path of the first workspace folder, null without one. */
  root(): string | null;
}

export interface SchemeHelp {
  readonly name: string;
  readonly example: string;
  readonly doc: string;
}

export interface RuntimeHelp {
  readonly name: string;
  readonly available: boolean;
  readonly reason: string | null;
  readonly example: string;
}

/** A server without a session: the language alone still helps. */
export const NO_SOURCES: LanguageSources = {
  paths: async () => [],
  entries: () => [],
  runNames: () => [],
  tags: () => [],
  schemes: () => [],
  runtimes: () => [],
  channels: () => [],
  root: () => null,
};
