import { compareVerb } from './compare.ts';
import { registerVerb } from './register.ts';
import { scanVerb } from './scan.ts';
import type { Verb } from './verb.ts';

/** Every verb, in the order a person meets them. */
export const VERBS: readonly Verb[] = [scanVerb, registerVerb, compareVerb];
