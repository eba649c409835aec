import { writeFileSync } from 'node:fs';
import { generateGbnf } from './generate.ts';

writeFileSync(new URL('../plurnk.gbnf', import.meta.url), generateGbnf());
