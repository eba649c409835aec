// PF-1: one keystroke in a 1 MB document, from the edit to its diagnostics, through the language server's own document.
import { diagnosticsOf } from '../../server/src/language/diagnostics.ts';
import { ScriptDocuments } from '../../server/src/language/script-documents.ts';

const STATEMENTS = [
  '<<READ(src/auth.ts)<12,48>::READ\n',
  '<<EDIT[draft](known:///plan.md):\n# Plan\n- one\n- two with some text that is a little longer\n:EDIT\n',
  '<<FIND(src/**):#is[A-Z]\\w+Valid#i:FIND\n',
  '<<SEND[102]:Looking around in the workspace.:SEND\n',
  '<<EXEC[sh](.)<60>:npm test -- --grep "tokens":EXEC\n',
];
let text = '';
for (let i = 0; text.length < 1 << 20; i++) text += STATEMENTS[i % STATEMENTS.length];

const uri = 'file:///big.plurnk';
const documents = new ScriptDocuments({ changed: script => void diagnosticsOf(script), closed: () => undefined });
documents.open({ textDocument: { uri, languageId: 'plurnk', version: 0, text } });
const lines = text.split('\n').length;
const times: number[] = [];
const used: number[] = [];
for (let i = 0; i < 60; i++) {
  const at = { line: Math.floor((lines * (i % 10)) / 10), character: 3 };
  const range = { start: at, end: i % 2 === 0 ? at : { ...at, character: 4 } };
  const cpu = process.cpuUsage();
  const started = performance.now();
  documents.change({
    textDocument: { uri, version: i + 1 },
    contentChanges: [{ range, text: i % 2 === 0 ? 'x' : '' }],
  });
  times.push(performance.now() - started);
  const { user, system } = process.cpuUsage(cpu);
  used.push((user + system) / 1000);
}
const median = (values: number[]): number => Math.round((values.slice(10).sort((a, b) => a - b)[25] ?? 0) * 10) / 10;
console.log(
  JSON.stringify({
    id: 'PF-1',
    what: 'keystroke in a 1 MB document, edit to diagnostics',
    value: median(times),
    unit: 'ms',
    processorMs: median(used),
    bar: '< 20 ms',
  }),
);
