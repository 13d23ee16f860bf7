import { bonesVerb } from './bones.ts';
import { compareVerb } from './compare.ts';
import { demoVerb } from './demo.ts';
import { MESH_VERBS } from './mesh.ts';
import { registerVerb } from './register.ts';
import { runVerb } from './run.ts';
import { scanVerb } from './scan.ts';
import type { Verb } from './verb.ts';
import { verifyVerb } from './verify.ts';

/** Every verb, in the order a person meets them. */
export const VERBS: readonly Verb[] = [
  demoVerb,
  runVerb,
  scanVerb,
  bonesVerb,
  registerVerb,
  compareVerb,
  ...MESH_VERBS,
  verifyVerb,
];
