/** Common Layer Interface, version 2.0: layers of polylines and hatches as machines read them. Plain data, mm. */
export interface CliHead {
  /** Length of one unit of the file, mm. */
  readonly unitMm: number;
  /** Name of every model, by its number. */
  readonly labels: Readonly<Record<number, string>>;
  /** Box of everything, mm: x0, y0, z0, x1, y1, z1. */
  readonly box?: readonly [number, number, number, number, number, number];
  /** Number of layers. */
  readonly layers: number;
}

export interface CliLayer {
  /** Top of the layer, mm. The first layer of a file may be empty: its top is the bottom of the next. */
  readonly topMm: number;
  readonly polylines: readonly CliPolyline[];
  readonly hatches: readonly CliHatch[];
}

export interface CliPolyline {
  readonly model: number;
  /** `outer` runs counter-clockwise, `inner` clockwise. A closed polyline does not repeat its first point here. */
  readonly kind: 'outer' | 'inner' | 'open';
  /** x and y of every point, mm. */
  readonly points: Float64Array;
}

export interface CliHatch {
  readonly model: number;
  /** x and y of the beginning and the end of every vector, mm. */
  readonly vectors: Float64Array;
}

export interface CliFile {
  readonly head: CliHead;
  readonly layers: readonly CliLayer[];
}

export type CliEncoding = 'ascii' | 'binary';

/** The number a polyline's direction is written as. */
export const CLI_KINDS = ['inner', 'outer', 'open'] as const satisfies readonly CliPolyline['kind'][];

/** Commands of the binary form; long ones carry 32-bit numbers. */
export const CLI_COMMANDS = {
  layerLong: 127,
  layerShort: 128,
  polylineShort: 129,
  polylineLong: 130,
  hatchesShort: 131,
  hatchesLong: 132,
} as const;
