import type { AnyStep } from '../../plan/index.ts';
import { meshBoolean, meshCheck, meshOffset, meshRemesh, meshRepair, meshSmooth } from './mesh-tools.ts';

/** Steps of verbs that stand outside any workflow. */
export const CLI_STEPS: readonly AnyStep[] = [meshCheck, meshRepair, meshBoolean, meshOffset, meshRemesh, meshSmooth];
