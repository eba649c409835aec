#!/usr/bin/env node
// In a package there is the bundle; in a checkout that is not built yet, Node runs the source.
import { existsSync } from 'node:fs';

const bundle = new URL('../dist/plurnk-parse.js', import.meta.url);
await import((existsSync(bundle) ? bundle : new URL('../src/cli.ts', import.meta.url)).href);
