import type { JsonValue, SendBody } from './ast.ts';

/** Deeper JSON is left as text: its consumers recurse. */
const MAX_JSON_DEPTH = 1000;
const SCALAR = /^(?:true|false|-?\d[\d.eE+-]*)$/;

/** The body of SEND with the value of the whole of it, or null if it is not JSON (LNG-10). */
export function parseSendBody(raw: string): SendBody {
  return { raw, json: looksLikeJson(raw) ? parseJson(raw) : null };
}

/** Cheap refusal of prose, which is what nearly every body is: a failing JSON.parse costs microseconds. */
function looksLikeJson(raw: string): boolean {
  const text = raw.trim();
  switch (text.charAt(0)) {
    case '{':
      return text.endsWith('}') && !isTooDeep(text);
    case '[':
      return text.endsWith(']') && !isTooDeep(text);
    case '"':
      return text.endsWith('"');
    default:
      return SCALAR.test(text);
  }
}

function parseJson(raw: string): JsonValue {
  try {
    return JSON.parse(raw) as JsonValue;
  } catch {
    return null;
  }
}

function isTooDeep(text: string): boolean {
  if (text.length <= MAX_JSON_DEPTH) return false;
  let depth = 0;
  let quoted = false;
  for (let at = 0; at < text.length; at++) {
    const code = text.charCodeAt(at);
    if (quoted) {
      if (code === 92) at++;
      else if (code === 34) quoted = false;
    } else if (code === 34) quoted = true;
    else if (code === 123 || code === 91) depth++;
    else if (code === 125 || code === 93) depth--;
    if (depth > MAX_JSON_DEPTH) return true;
  }
  return false;
}
