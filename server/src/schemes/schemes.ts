/** The bundled schemes in the order in which the packet lists them. Adding one: its file and a line here. */
import type { SchemeInfo } from './contract.ts';
import { fileScheme } from './file-scheme.ts';
import { httpScheme } from './http-scheme.ts';
import { knownScheme } from './known-scheme.ts';
import { logScheme } from './log-scheme.ts';
import type { OperationsDeps } from './operations.ts';
import { type DocPage, plurnkScheme } from './plurnk-scheme.ts';
import { runScheme } from './run-scheme.ts';
import type { Scheme } from './scheme.ts';
import { skillScheme } from './skill-scheme.ts';
import { streamScheme } from './stream-scheme.ts';
import { unknownScheme } from './unknown-scheme.ts';
import type { UnseenWrites } from './unseen-writes.ts';

const EXEC_INFO: SchemeInfo = {
  name: 'exec',
  example: '<<READ(sh:///1/2/3#stderr)<-20,-1>::READ  output of a command; SEND[200] types into it, KILL ends it',
  doc: `# exec

Commands run in the background: \`<<EXEC[sh](folder)<60>:command:EXEC\`. Their output is at
\`<runtime>:///<loop>/<turn>/<seq>\`, standard error at \`…#stderr\`. \`<<SEND[200](sh:///1/2/3):y:SEND\` types a line,
\`<<SEND[499](sh:///1/2/3)::SEND\` or KILL ends it, \`<<KILL[2](sh:///1/2/3)::KILL\` sends one signal. \`exec:///1/2/3\` is the
same stream whatever its runtime.`,
  catalog: 'none',
};

export function bundledSchemes(deps: OperationsDeps, unseen: UnseenWrites): readonly Scheme[] {
  const streams = { store: deps.store, streams: () => deps.streams, now: deps.now };
  const runtimes = deps.executors.map(executor => executor.runtime);
  const schemes: Scheme[] = [
    fileScheme({ store: deps.store, workspace: deps.workspace, unseen, tokens: deps.tokens, now: deps.now }),
    knownScheme(deps),
    unknownScheme(deps),
    skillScheme(deps),
    runScheme(deps),
    logScheme(deps),
    plurnkScheme({ ...deps, pages: () => pages(schemes, deps) }),
    httpScheme('https', deps),
    httpScheme('http', deps),
    streamScheme(EXEC_INFO, runtimes, streams),
    ...deps.executors.map(({ runtime, example, doc }) =>
      streamScheme({ name: runtime, example, doc, catalog: 'none' }, [runtime], streams),
    ),
  ];
  return schemes;
}

/** One page per scheme and runtime (RES-50), by name; of plugins too. */
function pages(schemes: readonly Scheme[], deps: OperationsDeps): DocPage[] {
  const all = [...schemes, ...(deps.plugins?.() ?? [])].map(({ info }) => ({ name: info.name, text: info.doc }));
  const known = new Set(all.map(page => page.name));
  const runtimes = deps.executors.filter(({ runtime }) => !known.has(runtime));
  const excluded = new Set(deps.docsExclude?.() ?? []);
  return [...all, ...runtimes.map(({ runtime, doc }) => ({ name: runtime, text: doc }))]
    .filter(page => !excluded.has(page.name))
    .sort((a, b) => (a.name < b.name ? -1 : 1));
}
