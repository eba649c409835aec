/** `unknown`: the model's open questions, shared by the session. */
import { type EntrySchemeDeps, entryScheme } from './entry-scheme.ts';
import { ALL_WRITERS } from './known-scheme.ts';
import type { Scheme } from './scheme.ts';

export function unknownScheme(deps: EntrySchemeDeps): Scheme {
  return entryScheme(
    {
      info: {
        name: 'unknown',
        example: '<<EDIT(unknown:///who-calls-auth):Who calls checkToken?:EDIT  an open question',
        doc: `# unknown

Open questions. Write one when you notice that you do not know something you need; KILL it, or MOVE it to known, when it
is answered: \`<<MOVE(unknown:///who-calls-auth):known:///auth/callers.md:MOVE\`.`,
        catalog: 'full',
      },
      scope: 'session',
      writableBy: ALL_WRITERS,
      key: (address, { sessionId }) => ({
        sessionId,
        scope: 'session',
        runId: null,
        scheme: 'unknown',
        pathname: address.path,
      }),
    },
    deps,
  );
}
