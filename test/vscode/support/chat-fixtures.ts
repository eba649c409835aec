import type { ChatToView, LoopView, ProposalView, RowView } from '@plurnk/protocol/webview';

let nextId = 1;

/** A row of the chat; a test names only what matters to it. */
export function row(given: Partial<RowView> = {}): RowView {
  const id = given.id ?? nextId++;
  nextId = Math.max(nextId, id + 1);
  return {
    id,
    loopId: 1,
    turnId: 1,
    coordinate: `1/1/${id}`,
    at: Date.UTC(2026, 10, 27, 12, 0, 0) + id * 1_000,
    kind: 'op',
    op: 'READ',
    signal: null,
    origin: 'model',
    source: null,
    status: 200,
    state: 'resolved',
    outcome: null,
    target: `src/file-${id}.ts`,
    link: `src/file-${id}.ts`,
    lines: null,
    summary: '',
    text: `1:\texport const value = ${id};\n`,
    more: false,
    mimetype: 'text/typescript',
    durationMs: 12,
    live: false,
    proposal: null,
    chips: [],
    ...given,
  };
}

export function promptRow(text: string, given: Partial<RowView> = {}): RowView {
  return row({
    kind: 'prompt',
    op: 'EDIT',
    origin: 'plurnk',
    text,
    target: 'plurnk:///prompt/1/1',
    link: null,
    ...given,
  });
}

export function messageRow(text: string, given: Partial<RowView> = {}): RowView {
  return row({ kind: 'message', op: 'SEND', signal: 200, text, target: '', link: null, ...given });
}

export function proposal(given: Partial<ProposalView> = {}): ProposalView {
  return {
    kind: 'edit',
    path: 'src/auth.ts',
    to: null,
    added: 14,
    removed: 22,
    command: null,
    runtime: null,
    summary: null,
    diff: '@@ -1,3 +1,3 @@\n import { token } from "./token.ts";\n-if (!isTokenValid(token)) throw new Error();\n+requireToken(token);\n',
    conflict: false,
    allowPattern: null,
    deciding: false,
    automatic: false,
    by: null,
    revertable: false,
    reverted: false,
    ...given,
  };
}

export function editCard(given: Partial<ProposalView> = {}, rowGiven: Partial<RowView> = {}): RowView {
  return row({
    kind: 'proposal',
    op: 'EDIT',
    state: 'proposed',
    status: 202,
    target: 'src/auth.ts',
    proposal: proposal(given),
    ...rowGiven,
  });
}

export function commandCard(command: string, given: Partial<ProposalView> = {}): RowView {
  const exec = proposal({
    kind: 'exec',
    path: './',
    command,
    runtime: 'sh',
    allowPattern: command,
    diff: '',
    ...given,
  });
  return row({
    kind: 'proposal',
    op: 'EXEC',
    state: 'proposed',
    status: 202,
    target: command,
    link: null,
    proposal: exec,
  });
}

export function loop(given: Partial<LoopView> = {}): LoopView {
  return {
    id: 1,
    status: 200,
    turns: 4,
    tokens: 12_400,
    costPico: 31_000_000_000,
    reason: null,
    durationMs: 41_000,
    lastTurnId: 4,
    ...given,
  };
}

export const INIT: ChatToView['init'] = {
  strings: {},
  mac: false,
  mode: 'act',
  examples: [
    'Explain how this project is built and where to start reading.',
    'Run the tests and mend what fails.',
    'Find a mistake in src/order.ts and propose a fix.',
  ],
  commands: [{ name: 'new', detail: 'New session' }],
};

export const HEADER: ChatToView['header'] = {
  sessionName: 'refactor-auth',
  runId: 1,
  runs: [
    { id: 1, name: 'main', parentId: null, status: 102 },
    { id: 2, name: 'tests', parentId: 1, status: 102 },
    { id: 3, name: 'docs', parentId: 1, status: 200 },
  ],
  running: true,
  contextTokens: 43_500,
  contextSize: 128_000,
  loopCostPico: 31_000_000_000,
  sessionCostPico: 124_000_000_000,
};

export const MODELS: ChatToView['models'] = {
  models: [
    { alias: 'lm/gpt', label: 'GPT-5', detail: 'copilot', group: 'editor' },
    { alias: 'ollama/qwen3', label: 'qwen3:8b', detail: 'Ollama', group: 'local' },
    { alias: 'opus', label: 'opus', detail: 'anthropic/claude-opus', group: 'configured' },
    { alias: 'demo', label: 'demo model', detail: 'scripted, works offline', group: 'demo' },
  ],
  selected: 'demo',
  probing: false,
};

/** A conversation with everything in it: what the pictures and the accessibility pass look at. */
export function richRows(): RowView[] {
  return [
    promptRow('Move token checks into one helper', { chips: ['src/auth.ts', 'src/session.ts'] }),
    row({ kind: 'context', op: 'FIND', origin: 'plurnk', target: 'known:///**', link: null }),
    row({ kind: 'context', op: 'READ', origin: 'plurnk', target: 'plurnk:///docs/style.md' }),
    row({
      op: 'PLAN',
      text: 'Find all checks, add a helper, replace the calls, run the tests.',
      target: '',
      link: null,
      mimetype: 'text/markdown',
    }),
    row({ op: 'FIND', target: 'src/**', link: null, summary: '7 matches' }),
    row({ op: 'READ', target: 'src/auth.ts', link: 'src/auth.ts', lines: [12, 48] }),
    row({ op: 'READ', target: 'src/missing.ts', status: 404, text: '' }),
    row({
      kind: 'error',
      op: 'error',
      status: 400,
      source: 'grammar',
      text: 'EDIT has no closing tag `:EDIT`.\n3:14',
      target: '',
      link: null,
    }),
    row({
      op: 'EDIT',
      target: 'src/token.ts',
      summary: '+9 −0',
      proposal: proposal({ kind: 'create', path: 'src/token.ts', added: 9, removed: 0, revertable: true }),
    }),
    editCard(),
    commandCard('npm test -- --grep auth'),
    row({ op: 'EXEC', target: 'npm run lint', link: null, status: 102, live: true, text: '' }),
    messageRow(
      'All checks go through `requireToken`; the old **isTokenValid** is gone.\n\n```ts\nexport function requireToken(token: string | null): string {\n  if (token === null) throw new AuthError(401); // one place\n  return token;\n}\n```\n\n- see [src/auth.ts](src/auth.ts#L12-L48)\n- three tests are new',
    ),
  ];
}
