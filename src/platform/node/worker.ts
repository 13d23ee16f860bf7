import { STEPS, stepTable } from '../../plan/index.ts';
import { createEngines } from './engines.ts';
import { serve } from './serve.ts';

serve(stepTable(STEPS), createEngines());
