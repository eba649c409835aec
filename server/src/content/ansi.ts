/** Terminal control, kept for the person and taken out for the model. */

const ESC = '\u001b';
const BEL = '\u0007';
/** CSI, OSC (ended by BEL or ST), other string controls, two-character escapes. */
const SEQUENCES = new RegExp(
  `${ESC}\\[[0-?]*[ -/]*[@-~]|${ESC}\\][^${BEL}${ESC}]*(?:${BEL}|${ESC}\\\\)?|${ESC}[PX^_][^${ESC}]*(?:${ESC}\\\\)?|${ESC}[ -/]*[0-~]|\u009b[0-?]*[ -/]*[@-~]`,
  'g',
);
/** C0 and C1 controls but tab, LF and CR, and DEL. */
const isControl = (code: number): boolean =>
  (code < 0x20 && code !== 0x09 && code !== 0x0a && code !== 0x0d) || (code >= 0x7f && code <= 0x9f);

function dropControls(text: string): string {
  let [kept, from] = ['', 0];
  for (let at = 0; at < text.length; at++) {
    if (!isControl(text.charCodeAt(at))) continue;
    kept += text.slice(from, at);
    from = at + 1;
  }
  return from === 0 ? text : kept + text.slice(from);
}

/** A line as a terminal shows it after carriage returns: what was overwritten is gone. */
function settle(line: string): string {
  if (!line.includes('\r')) return line;
  const ended = line.endsWith('\r') ? line.slice(0, -1) : line;
  return ended.slice(ended.lastIndexOf('\r') + 1);
}

/** Plain text: no escape sequences, no control characters but tab and LF; overwritten progress lines are dropped. */
export function stripControls(text: string): string {
  const plain = text.includes(ESC) || text.includes('\u009b') ? text.replace(SEQUENCES, '') : text;
  const settled = plain.includes('\r') ? plain.split('\n').map(settle).join('\n') : plain;
  return dropControls(settled);
}
