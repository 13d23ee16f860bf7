export { type Candidate, CHOOSE_DEFAULTS, type ChooseOptions, chooseScrews } from './choose.ts';
export { SCREWS, screwType, stockedLength } from './library.ts';
export type { PlannedScrew, ScrewKind, ScrewType } from './screw.ts';
export { brimLine, type UsualZone, usualZones, zoneKind } from './zones.ts';
