import type { LogEntry } from '@plurnk/protocol';
import type { Exported, ExportedRun, ExportedTurn } from './collect.ts';

const STYLE = `
body{font:14px/1.5 system-ui,sans-serif;margin:2rem auto;max-width:70rem;padding:0 1rem;color:#1f2328;background:#fff}
h1{font-size:1.4rem}h2{font-size:1.15rem;border-bottom:1px solid #d0d7de}h3{font-size:1rem}
pre{white-space:pre-wrap;overflow-wrap:anywhere;background:#f6f8fa;padding:.6rem;border-radius:6px;font:12px/1.45 ui-monospace,monospace}
details{margin:.3rem 0}summary{cursor:pointer}.muted{color:#59636e}.bad{color:#b35900}
@media(prefers-color-scheme:dark){body{color:#d1d7e0;background:#0d1117}pre{background:#161b22}.muted{color:#9198a1}.bad{color:#f0883e}}
`;

/** One self-contained page: no script, no remote address, every text escaped. */
export function toHtml(exported: Exported): string {
  const title = escapeHtml(`Plurnk — ${exported.session.name}`);
  const policy = "default-src 'none'; style-src 'unsafe-inline'";
  return `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta http-equiv="Content-Security-Policy" content="${policy}">
<meta name="viewport" content="width=device-width"><title>${title}</title><style>${STYLE}</style></head>
<body><h1>${title}</h1>${exported.runs.map(htmlOfRun).join('\n')}</body></html>
`;
}

function htmlOfRun({ run, loops, turns }: ExportedRun): string {
  const prompts = new Map(loops.map(loop => [loop.id, loop]));
  let lastLoop = 0;
  const parts = turns.map(turn => {
    const loop = turn.turn.loop_id === lastLoop ? undefined : prompts.get(turn.turn.loop_id);
    lastLoop = turn.turn.loop_id;
    const heading =
      loop === undefined ? '' : `<h3>${loop.seq} · ${loop.status}</h3><pre>${escapeHtml(loop.prompt)}</pre>`;
    return heading + htmlOfTurn(turn);
  });
  const about = `${run.origin} · ${run.status}`;
  return `<section><h2>${escapeHtml(run.name)} <span class="muted">${escapeHtml(about)}</span></h2>${parts.join('\n')}</section>`;
}

function htmlOfTurn({ turn, sections, emission, rows }: ExportedTurn): string {
  const tokens = turn.prompt_tokens === null ? '' : ` · ${turn.prompt_tokens} + ${turn.completion_tokens ?? 0} tokens`;
  const packet = sections.map(({ name, content, tokens: weight }) => fold(`${name} · ${weight}`, content)).join('');
  return `<details open><summary>Turn ${turn.loop_seq}/${turn.seq} · ${turn.status}${tokens}</summary>
${packet === '' ? '' : `<details><summary class="muted">Packet</summary>${packet}</details>`}
${emission === null ? '' : fold('Emission', emission)}${rows.map(htmlOfRow).join('')}</details>`;
}

function htmlOfRow(row: LogEntry): string {
  const target =
    row.scheme === null ? (row.pathname ?? '') : `${row.scheme}://${row.hostname ?? ''}${row.pathname ?? ''}`;
  const line = `${row.op} ${target} · ${row.status_rx}${row.outcome === null ? '' : ` · ${row.outcome}`}`;
  const sent = bodyText((row.tx as { body?: unknown } | null)?.body);
  const got = bodyText(row.rx);
  const mark = row.status_rx >= 400 ? ' class="bad"' : '';
  return `<details><summary${mark}>${escapeHtml(line)}</summary>${pre(sent)}${pre(got)}</details>`;
}

function bodyText(body: unknown): string {
  if (body === null || body === undefined) return '';
  return typeof body === 'string' ? body : JSON.stringify(body, null, 2);
}

function fold(title: string, text: string): string {
  return `<details><summary class="muted">${escapeHtml(title)}</summary>${pre(text)}</details>`;
}

function pre(text: string): string {
  return text === '' ? '' : `<pre>${escapeHtml(text)}</pre>`;
}

function escapeHtml(text: string): string {
  return text
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;')
    .replaceAll("'", '&#39;');
}
