/**
 * Frames of reference. `lps`: DICOM patient, mm, x to the left, y to the back, z up. `ras`: its x and y negated, only at
 * the door of files that want it. `voxel`: continuous index (i, j, k), centres at integers. `plate`: build plate, mm.
 */
export type Frame = 'lps' | 'ras' | 'voxel' | 'plate';
export type Vec3 = readonly [x: number, y: number, z: number];

/** Maps points of frame A to frame B. Row-major 3×4, last column the translation: y = M·[x;1]. */
export interface Transform<A extends Frame = Frame, B extends Frame = Frame> {
  readonly from: A;
  readonly to: B;
  readonly m: readonly number[];
}

/** A motion, mirror or affine map inside the patient frame. */
export type LpsTransform = Transform<'lps', 'lps'>;

export const LPS_IDENTITY: LpsTransform = { from: 'lps', to: 'lps', m: [1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1, 0] };
export const RAS_FROM_LPS: Transform<'lps', 'ras'> = {
  from: 'lps',
  to: 'ras',
  m: [-1, 0, 0, 0, 0, -1, 0, 0, 0, 0, 1, 0],
};

/** Anatomical side, as DICOM's Laterality (0020,0060) spells L and R out. */
export type Side = 'left' | 'right';
export const otherSide = (side: Side): Side => (side === 'left' ? 'right' : 'left');
