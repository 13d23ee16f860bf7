import { stepTable } from '../../plan/index.ts';
import { serve } from './serve.ts';

serve(stepTable([]), {});
