/** `known`: the model's long-term knowledge, shared by the session. */
import { type EntrySchemeDeps, entryScheme } from './entry-scheme.ts';
import type { Scheme } from './scheme.ts';

export const ALL_WRITERS = ['model', 'client', 'plurnk', 'plugin'] as const;

export function knownScheme(deps: EntrySchemeDeps): Scheme {
  return entryScheme(
    {
      info: {
        name: 'known',
        example:
          '<<EDIT[auth](known:///auth/tokens.md):Tokens are checked in src/auth.ts.:EDIT  what you learned, for every run',
        doc: `# known

Long-term knowledge of this session, shared by its runs and kept between loops. Write what you would not want to find out
twice: \`<<EDIT[tag](known:///topic.md):text:EDIT\`. Tags add up and can be searched: \`<<FIND[tag](known:///**)::FIND\`.
\`<<KILL(known:///topic.md)::KILL\` deletes an entry. Paths with an extension have its type; otherwise it is Markdown.`,
        catalog: 'full',
      },
      scope: 'session',
      writableBy: ALL_WRITERS,
      key: (address, { sessionId }) => ({
        sessionId,
        scope: 'session',
        runId: null,
        scheme: 'known',
        pathname: address.path,
      }),
    },
    deps,
  );
}
