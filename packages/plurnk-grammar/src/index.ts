export * from './ast.ts';
export * from './error.ts';
export { NEAR_MISSES } from './near-miss.ts';
export { PlurnkParser } from './parser.ts';
export { parsePath } from './path.ts';
export * from './result.ts';
