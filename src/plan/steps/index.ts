import type { AnyStep } from '../step.ts';
import { scanDecode, scanList, scanView, scanVolume } from './scan.ts';

/** Every step there is: what a worker can be asked to do. */
export const STEPS: readonly AnyStep[] = [scanList, scanDecode, scanVolume, scanView];
