import type { z } from 'zod';
import { loopMethods } from './loop-methods.ts';
import { modelMethods } from './model-methods.ts';
import { opMethods } from './op-methods.ts';
import { readMethods } from './read-methods.ts';
import { sessionMethods } from './session-methods.ts';
import { storageMethods } from './storage-methods.ts';

/** Every method of part 5, in the order in which the documentation lists them. */
export const METHODS = {
  ...sessionMethods,
  ...storageMethods,
  ...loopMethods,
  ...modelMethods,
  ...readMethods,
  ...opMethods,
} as const;

export type MethodName = keyof typeof METHODS;
/** What a caller may send. */
export type MethodParams<Name extends MethodName> = z.input<(typeof METHODS)[Name]['params']>;
/** What a handler gets: validated, defaults filled in. */
export type MethodInput<Name extends MethodName> = z.output<(typeof METHODS)[Name]['params']>;
export type MethodResult<Name extends MethodName> = z.output<(typeof METHODS)[Name]['result']>;

export const METHOD_NAMES = Object.keys(METHODS) as MethodName[];
