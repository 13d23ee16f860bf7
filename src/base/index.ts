export { ERROR_CODES, type ErrorCode } from './error-codes.ts';
export { errorFromWire, errorToWire, type Facts, OsteonError, type WireError } from './errors.ts';
export { type Finding, type Level, type Verdict, verdictOf } from './findings.ts';
export {
  type Frame,
  LPS_IDENTITY,
  type LpsTransform,
  otherSide,
  RAS_FROM_LPS,
  type Side,
  type Transform,
  type Vec3,
} from './frames.ts';
export { createJob, type Job, type JobOptions, NO_JOB } from './job.ts';
export { pack, unpack } from './pack.ts';
export { createNormal, createRng } from './rng.ts';
