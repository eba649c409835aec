import { z } from 'zod';

/** One direction of a webview's traffic: name → schema of the payload. */
export type MessageMap = { readonly [name: string]: z.ZodType };

/** A message on `postMessage`. */
export type Message<Map extends MessageMap> = {
  [Name in keyof Map & string]: { readonly type: Name; readonly payload: z.infer<Map[Name]> };
}[keyof Map & string];

const envelope = z.object({ type: z.string(), payload: z.unknown() });

/** The message if its name is known and its payload validates, else null: unknown traffic is dropped, never guessed (RL-15). */
export function readMessage<Map extends MessageMap>(map: Map, data: unknown): Message<Map> | null {
  const outer = envelope.safeParse(data);
  if (!outer.success || !Object.hasOwn(map, outer.data.type)) return null;
  const payload = map[outer.data.type]?.safeParse(outer.data.payload);
  return payload?.success ? ({ type: outer.data.type, payload: payload.data } as Message<Map>) : null;
}
