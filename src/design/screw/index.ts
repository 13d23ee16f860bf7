export { SCREWS, screwType, stockedLength } from './library.ts';
export type { PlannedScrew, ScrewKind, ScrewType } from './screw.ts';
