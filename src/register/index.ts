export { ALIGN_DEFAULTS, type Alignment, type AlignOptions, alignSurfaces } from './align.ts';
export { fitPoints, type PointFit, type PointFitOptions } from './points.ts';
export { type SurfaceSamples, sampleSurface } from './sample.ts';
export type { Jackknife } from './stability.ts';
