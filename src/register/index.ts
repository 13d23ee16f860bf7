export { fitPoints, type PointFit, type PointFitOptions } from './points.ts';
export { faceNormals, type SurfaceSamples, sampleSurface } from './sample.ts';
