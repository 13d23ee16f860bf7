export { type IsoSurfaceOptions, isoSurface } from './iso-surface.ts';
