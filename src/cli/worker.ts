import { STEPS, stepTable } from '../plan/index.ts';
import { createEngines, createSolidEngine, serve } from '../platform/node/index.ts';
import { CLI_STEPS } from './steps/index.ts';
import type { CliEngines } from './steps/mesh-tools.ts';

let solid: ReturnType<CliEngines['solid']> | undefined;
const engines: CliEngines = {
  ...createEngines(),
  solid() {
    solid ??= createSolidEngine();
    return solid;
  },
};
serve(stepTable([...STEPS, ...CLI_STEPS]), engines);
