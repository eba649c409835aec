import { z } from 'zod';
import type { JsonObject, JsonValue } from './domain.ts';

/** Building blocks of the wire schemas. */
export const jsonValue: z.ZodType<JsonValue> = z.json() as unknown as z.ZodType<JsonValue>;
export const jsonObject: z.ZodType<JsonObject> = z.record(z.string(), jsonValue);
export const id = z.int().positive();
export const noParams = z.object({});
export const emptyResult = z.object({});
