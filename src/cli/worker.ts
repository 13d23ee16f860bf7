import { STEPS, stepTable } from '../plan/index.ts';
import { createEngines, serve } from '../platform/node/index.ts';
import { CLI_STEPS } from './steps/index.ts';

serve(stepTable([...STEPS, ...CLI_STEPS]), createEngines());
