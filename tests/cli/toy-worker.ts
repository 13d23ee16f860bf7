import { serve } from '../../src/platform/node/serve.ts';
import { TOYS } from '../property/plan-toys.ts';

serve(TOYS, { exit: () => process.exit(9) });
