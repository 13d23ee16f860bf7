import type { AnyStep } from '../step.ts';
import { meshCompare, meshRegister } from './compare.ts';
import { meshRead, meshWrite } from './mesh-files.ts';
import { scanDecode, scanList, scanView, scanVolume } from './scan.ts';

/** Every step there is: what a worker can be asked to do. */
export const STEPS: readonly AnyStep[] = [
  scanList,
  scanDecode,
  scanVolume,
  scanView,
  meshRead,
  meshWrite,
  meshCompare,
  meshRegister,
];
