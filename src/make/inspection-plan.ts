import { OsteonError, type Vec3 } from '../base/index.ts';
import { dimensions, extentMm } from '../measure/index.ts';
import { type Mesh, sectionArea, volumeMm3 } from '../mesh/index.ts';
import type { Part } from './build.ts';
import { DOG_BONE } from './coupons.ts';
import { FACE_CLASSES, type FaceClass } from './faces.ts';
import type { Process } from './process.ts';
import { stockOf } from './stock.ts';

/** A length that the design names, along a direction of the part's own frame. */
export interface NamedExtent {
  readonly name: string;
  readonly direction: Vec3;
}

/** One number to be measured. Its allowed values run from `low` to `high`. */
export interface PlannedRow {
  /** What a table of measurements calls it: `D1`, `S2`, `R-articular`, `X-Al`, `T1-yield`. */
  readonly id: string;
  readonly kind: 'extent' | 'section' | 'volume' | 'surface' | 'roughness' | 'composition' | 'tensile';
  readonly name: string;
  readonly unit: string;
  readonly nominal: number | null;
  readonly low: number | null;
  readonly high: number | null;
  /** How it is measured. */
  readonly method: string;
  /** For extents and sections, in the frame of the nominal mesh, mm. */
  readonly direction?: Vec3;
  readonly point?: Vec3;
  /** For surfaces and roughness. */
  readonly faces?: FaceClass;
}

/** What is measured on a part, and what passes. Plain data: a file of its own. */
export interface InspectionPlan {
  readonly schema: 1;
  readonly part: string;
  readonly process: string;
  readonly material: string;
  /** File of the nominal mesh, beside the plan, and the SHA-256 of its bytes. */
  readonly nominal: { readonly file: string; readonly sha256: string };
  /** Stock on each class of face, for a part that is measured before it is finished, mm. */
  readonly stockMm: Readonly<Record<FaceClass, number>>;
  readonly rows: readonly PlannedRow[];
  readonly standard: string;
  readonly notes: readonly string[];
}

export interface InspectionOptions {
  /** Profile tolerance of a finished face, ± mm. */
  readonly profileMm: Readonly<Record<FaceClass, number>>;
  /** Tolerance of a length, ± mm; of a section and of the volume, ± share. */
  readonly lengthMm: number;
  readonly sectionFraction: number;
  readonly volumeFraction: number;
  /** Greatest Ra of a finished face, µm; a class that is not named is only written down. */
  readonly roughnessUm: Readonly<Partial<Record<FaceClass, number>>>;
}

export const INSPECTION_DEFAULTS: InspectionOptions = {
  // Own choice: half a joint space of 1 mm is not to be lost to both faces; elsewhere what powder bed fusion holds.
  profileMm: { articular: 0.15, general: 0.3, porous: 0.3, machined: 0.05 },
  lengthMm: 0.3,
  sectionFraction: 0.03,
  volumeFraction: 0.02,
  // ISO 7207-2: articulating metal surfaces of joints, Ra at most 0.1 µm.
  roughnessUm: { articular: 0.1, general: 20, machined: 1.6 },
};

/** Areas along each of these lengths are cut at a quarter, the middle and three quarters. */
const SECTIONS_AT = [0.25, 0.5, 0.75];

/**
 * The dimensions, planes, surfaces, roughness, composition and tensile numbers of a part.
 * @param named lengths that the design names; without any, those along the principal axes
 * @throws mesh.empty
 */
export function planInspection(
  part: Part,
  process: Process,
  nominal: InspectionPlan['nominal'],
  named: readonly NamedExtent[] = [],
  options: Partial<InspectionOptions> = {},
): InspectionPlan {
  if (part.mesh.triangles.length === 0) throw new OsteonError('mesh.empty');
  const o = { ...INSPECTION_DEFAULTS, ...options };
  const extents = named.length > 0 ? named : principal(part.mesh);
  const classes = FACE_CLASSES.filter((_, i) => part.faces.includes(i));
  return {
    schema: 1,
    part: part.name,
    process: process.id,
    material: process.material,
    nominal,
    stockMm: stockOf(process),
    standard: process.release?.standard ?? '',
    rows: [
      ...extents.map((e, i) => extentRow(part.mesh, e, i, o)),
      volumeRow(part.mesh, o),
      ...extents.flatMap((e, i) => sectionRows(part.mesh, e, i, o)),
      ...classes.map((name) => surfaceRow(name, o)),
      ...classes.map((name) => roughnessRow(name, o)),
      ...releaseRows(process),
    ],
    notes: process.release ? [process.release.note, `Coupons: ${DOG_BONE.standard}`] : [],
  };
}

function principal(mesh: Mesh): NamedExtent[] {
  const { axes } = dimensions(mesh);
  return ['longest axis', 'middle axis', 'shortest axis'].map((name, i) => ({ name, direction: axes[i] }));
}

const round = (x: number, to: number): number => Math.round(x / to) * to;

function extentRow(mesh: Mesh, { name, direction }: NamedExtent, i: number, o: InspectionOptions): PlannedRow {
  const nominal = extentMm(mesh, direction);
  return {
    id: `D${i + 1}`,
    kind: 'extent',
    name: `length along the ${name}`,
    unit: 'mm',
    nominal,
    low: nominal - o.lengthMm,
    high: nominal + o.lengthMm,
    method: 'height gauge or calipers; coordinate measuring machine where the result lies near a limit',
    direction,
  };
}

function volumeRow(mesh: Mesh, o: InspectionOptions): PlannedRow {
  const nominal = volumeMm3(mesh);
  return {
    id: 'V',
    kind: 'volume',
    name: 'volume',
    unit: 'mm³',
    nominal,
    low: nominal * (1 - o.volumeFraction),
    high: nominal * (1 + o.volumeFraction),
    method: 'scan, or mass over density',
  };
}

function sectionRows(mesh: Mesh, { name, direction }: NamedExtent, i: number, o: InspectionOptions): PlannedRow[] {
  const { lo, hi } = span(mesh, direction);
  return SECTIONS_AT.map((share, j): PlannedRow => {
    const at = lo + share * (hi - lo);
    const point: Vec3 = [at * direction[0], at * direction[1], at * direction[2]];
    const nominal = sectionArea(mesh, point, direction);
    return {
      id: `S${3 * i + j + 1}`,
      kind: 'section',
      name: `section across the ${name} at ${round(100 * share, 1)} %`,
      unit: 'mm²',
      nominal,
      low: nominal * (1 - o.sectionFraction),
      high: nominal * (1 + o.sectionFraction),
      method: 'scan or computed tomography, cut at the plane',
      direction,
      point,
    };
  });
}

function span({ positions: p }: Mesh, [x, y, z]: Vec3): { lo: number; hi: number } {
  let lo = Number.POSITIVE_INFINITY;
  let hi = Number.NEGATIVE_INFINITY;
  for (let i = 0; i < p.length; i += 3) {
    const s = x * p[i] + y * p[i + 1] + z * p[i + 2];
    lo = Math.min(lo, s);
    hi = Math.max(hi, s);
  }
  return { lo, hi };
}

const surfaceRow = (name: FaceClass, o: InspectionOptions): PlannedRow => ({
  id: `P-${name}`,
  kind: 'surface',
  name: `profile of ${name} faces`,
  unit: 'mm',
  nominal: 0,
  low: -o.profileMm[name],
  high: o.profileMm[name],
  method: 'scan against the nominal mesh; 99 % of the area within the limits',
  faces: name,
});

const roughnessRow = (name: FaceClass, o: InspectionOptions): PlannedRow => ({
  id: `R-${name}`,
  kind: 'roughness',
  name: `roughness Ra of ${name} faces`,
  unit: 'µm',
  nominal: null,
  low: null,
  high: o.roughnessUm[name] ?? null,
  method: name === 'articular' ? 'profilometer, ISO 4288; ISO 7207-2' : 'profilometer, ISO 4288',
  faces: name,
});

/** Tensile specimens of the plate, one after the other. */
const COUPONS = 3;

function releaseRows({ release }: Process): PlannedRow[] {
  if (!release) return [];
  const row = (
    id: string,
    kind: PlannedRow['kind'],
    name: string,
    unit: string,
    more: Partial<PlannedRow>,
  ): PlannedRow => ({
    id,
    kind,
    name,
    unit,
    nominal: null,
    low: null,
    high: null,
    method: release.standard,
    ...more,
  });
  const composition = release.composition.map(({ element, low, high, xrf }) =>
    row(`X-${element}`, 'composition', `${element}, share of mass`, '%', {
      low,
      high,
      method: xrf ? 'X-ray fluorescence' : 'gas analysis of the powder lot or a coupon',
    }),
  );
  const tensile = Array.from({ length: COUPONS }, (_, i) => `T${i + 1}`).flatMap((id) => [
    row(`${id}-yield`, 'tensile', `coupon ${id}: yield strength`, 'MPa', { low: release.yieldMPa }),
    row(`${id}-tensile`, 'tensile', `coupon ${id}: tensile strength`, 'MPa', { low: release.tensileMPa }),
    row(`${id}-elongation`, 'tensile', `coupon ${id}: elongation`, '%', { low: release.elongationPercent }),
    ...(release.reductionOfAreaPercent === undefined
      ? []
      : [
          row(`${id}-reduction`, 'tensile', `coupon ${id}: reduction of area`, '%', {
            low: release.reductionOfAreaPercent,
          }),
        ]),
  ]);
  return [...composition, ...tensile];
}

/** The plan as a table to be filled in: `id,name,unit,low,nominal,high,method,value,instrument`. */
export function measurementSheet({ rows }: InspectionPlan): string {
  const cell = (x: number | null) => (x === null ? '' : String(Math.round(1e4 * x) / 1e4));
  const text = (s: string) => (/[",\n]/.test(s) ? `"${s.replace(/"/g, '""')}"` : s);
  const lines = rows.map((r) =>
    [r.id, text(r.name), r.unit, cell(r.low), cell(r.nominal), cell(r.high), text(r.method), '', ''].join(','),
  );
  return `${['id,name,unit,low,nominal,high,method,value,instrument', ...lines].join('\n')}\n`;
}
