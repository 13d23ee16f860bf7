import { type Finding, type Job, type LpsTransform, NO_JOB, OsteonError } from '../base/index.ts';
import { type DistanceSummary, summarise } from '../math/index.ts';
import { extentMm } from '../measure/index.ts';
import {
  buildBvh,
  checkMesh,
  closestPoints,
  type Mesh,
  sectionArea,
  signedDistances,
  subdivide,
  transformMesh,
  triangleAreasMm2,
  triangleCount,
  vertexNormals,
  volumeMm3,
} from '../mesh/index.ts';
import { type Alignment, alignSurfaces } from '../register/index.ts';
import { FACE_CLASSES, type FaceClass, type Faces } from './faces.ts';
import type { InspectionPlan, PlannedRow } from './inspection-plan.ts';
import type { Measurement } from './measurements.ts';
import { withStock } from './stock.ts';

/** `finished`: against the nominal. `as-built`: against the nominal and its stock. */
export type Stage = 'finished' | 'as-built';

export interface InspectOptions {
  readonly stage: Stage;
  /** Class of face that the scan is laid onto; absent: all of the part, best fit. */
  readonly datum?: FaceClass;
  /** What lies farther from the scan than this was not scanned, mm. */
  readonly reachMm: number;
  /** Share of a surface that must lie within its limits, and share that must have been scanned. */
  readonly withinFraction: number;
  readonly coveredFraction: number;
}

export const INSPECT_DEFAULTS: InspectOptions = {
  stage: 'finished',
  reachMm: 1.5, // larger than any deviation that could pass, smaller than a wall
  withinFraction: 0.99, // as the plan says; a speck of dust is no reject
  coveredFraction: 0.95,
};

/** A scan against its nominal: where it lies, how far it is off everywhere. */
export interface ScanComparison {
  readonly nominalFromScan: LpsTransform;
  readonly alignmentRmsMm: number;
  /** What the scan was held against, with enough vertices to show a map. */
  readonly mesh: Mesh;
  /** Of every vertex of it, outward positive; NaN where nothing was scanned, mm. */
  readonly deviationMm: Float64Array;
  /** Of every class of face that is there. */
  readonly faces: readonly FaceDeviation[];
  readonly coveredFraction: number;
  /** Numbers that the scan gives, by row. */
  readonly values: Readonly<Record<string, number>>;
  readonly findings: readonly Finding[];
}
export interface FaceDeviation extends DistanceSummary {
  readonly faces: FaceClass;
  readonly areaMm2: number;
  /** 0.5 % of the area lies below the first, 0.5 % above the second, mm. */
  readonly lowMm: number;
  readonly highMm: number;
  readonly withinFraction: number;
}

/**
 * Aligns a scan of a part with its nominal and measures it everywhere.
 * @param faces of the nominal, one class a triangle
 * @throws register.no-overlap where the scan is of something else
 * @accuracy a deviation of a known field is found to 0.01 mm (docs/evidence/make.md)
 * @cost 3 s for 40 000 triangles
 */
export function compareScan(
  plan: InspectionPlan,
  nominal: Mesh,
  faces: Faces,
  scan: Mesh,
  options: Partial<InspectOptions> = {},
  job: Job = NO_JOB,
): ScanComparison {
  const o = { ...INSPECT_DEFAULTS, ...options };
  const wanted = o.stage === 'as-built' ? withStock(nominal, faces, plan.stockMm).mesh : nominal;
  const datum = o.datum && faces.map((f) => (f === FACE_CLASSES.indexOf(o.datum!) ? 1 : 0));
  const alignment = alignOnto(scan, wanted, datum, job.part(0, 0.6));
  const placed = transformMesh(alignment.lpsFromMoving, scan);
  const dense = densified(wanted, faces);
  const deviationMm = deviations(dense.mesh, placed, o.reachMm);
  job.at(0.9);
  const weights = triangleAreasMm2(dense.mesh);
  const limits = new Map(plan.rows.filter((r) => r.kind === 'surface').map((r) => [r.faces, r]));
  const classes = FACE_CLASSES.flatMap((name, value) =>
    dense.faces.includes(value) ? [faceDeviation(name, value, dense, deviationMm, weights, limits.get(name))] : [],
  );
  const covered = coverage(dense.mesh, deviationMm, weights);
  job.at(1);
  return {
    nominalFromScan: alignment.lpsFromMoving,
    alignmentRmsMm: alignment.rmsMm,
    mesh: dense.mesh,
    deviationMm,
    faces: classes,
    coveredFraction: covered,
    values: scanValues(plan, placed, o.stage, covered >= o.coveredFraction),
    findings: [...alignment.findings, ...coverageFindings(covered, o)],
  };
}

/** First the whole part, to find the way it lies; then, where there is a datum, that alone. */
function alignOnto(scan: Mesh, nominal: Mesh, datum: Uint8Array | undefined, job: Job): Alignment {
  const whole = alignSurfaces(scan, nominal, {}, job.part(0, datum ? 0.6 : 1));
  if (!datum?.includes(1)) return whole;
  const placed = transformMesh(whole.lpsFromMoving, scan);
  const tree = buildBvh(nominal);
  const { triangles } = closestPoints(tree, middlesOf(placed));
  const onDatum = Uint8Array.from(triangles, (f) => (f >= 0 ? datum[f] : 0));
  return alignSurfaces(
    scan,
    nominal,
    { initial: whole.lpsFromMoving, fixedRegion: datum, movingRegion: onDatum },
    job.part(0.6, 1),
  );
}

function middlesOf({ positions: p, triangles: t }: Mesh): Float64Array {
  const out = new Float64Array(t.length);
  for (let i = 0; i < t.length; i++) for (let k = 0; k < 3; k++) out[3 * ((i / 3) | 0) + k] += p[3 * t[i] + k] / 3;
  return out;
}

/** Vertices enough to show a map: edges of a millimetre, or as many as are sensible. */
function densified(mesh: Mesh, faces: Faces): { mesh: Mesh; faces: Faces } {
  let dense = mesh;
  let own = faces;
  while (triangleCount(dense) < 20_000) {
    dense = subdivide(dense);
    const wider = new Uint8Array(4 * own.length);
    for (let i = 0; i < wider.length; i++) wider[i] = own[i >> 2];
    own = wider;
  }
  return { mesh: dense, faces: own };
}

/**
 * How far the scan lies outside the nominal at each vertex. The nearest point is looked for on the scan; its side is told
 * by the nominal's own normal, so that an open scan will do.
 */
function deviations(nominal: Mesh, scan: Mesh, reachMm: number): Float64Array {
  const tree = buildBvh(scan);
  const { points } = closestPoints(tree, nominal.positions, { limitMm: reachMm });
  const inside = signedDistances(tree, nominal.positions, { limitMm: reachMm });
  const n = vertexNormals(nominal);
  const p = nominal.positions;
  const out = new Float64Array(inside.length);
  for (let v = 0; v < out.length; v++) {
    const x = points[3 * v] - p[3 * v];
    const y = points[3 * v + 1] - p[3 * v + 1];
    const z = points[3 * v + 2] - p[3 * v + 2];
    const along = x * n[3 * v] + y * n[3 * v + 1] + z * n[3 * v + 2];
    const d = Math.sqrt(x * x + y * y + z * z);
    out[v] = Number.isFinite(inside[v]) ? (along < 0 ? -d : d) : Number.NaN;
  }
  return out;
}

function faceDeviation(
  name: FaceClass,
  value: number,
  dense: { mesh: Mesh; faces: Faces },
  deviationMm: Float64Array,
  area: Float64Array,
  limit: PlannedRow | undefined,
): FaceDeviation {
  const { triangles: t } = dense.mesh;
  const weight = new Float64Array(deviationMm.length);
  for (let i = 0; i < t.length; i++) {
    const f = (i / 3) | 0;
    if (dense.faces[f] === value) weight[t[i]] += area[f] / 3;
  }
  const used = Array.from(weight.keys()).filter((v) => weight[v] > 0 && !Number.isNaN(deviationMm[v]));
  used.sort((a, b) => deviationMm[a] - deviationMm[b]);
  const total = used.reduce((s, v) => s + weight[v], 0);
  const at = (share: number): number => {
    let sum = 0;
    for (const v of used) {
      sum += weight[v];
      if (sum >= share * total) return deviationMm[v];
    }
    return Number.NaN;
  };
  const low = limit?.low ?? Number.NEGATIVE_INFINITY;
  const high = limit?.high ?? Number.POSITIVE_INFINITY;
  const within = used.reduce((s, v) => s + (deviationMm[v] >= low && deviationMm[v] <= high ? weight[v] : 0), 0);
  return {
    faces: name,
    areaMm2: weight.reduce((s, w) => s + w, 0),
    ...summarise(
      used.map((v) => deviationMm[v]),
      used.map((v) => weight[v]),
    ),
    lowMm: at(0.005),
    highMm: at(0.995),
    withinFraction: total > 0 ? within / total : 0,
  };
}

function coverage({ triangles: t }: Mesh, deviationMm: Float64Array, area: Float64Array): number {
  let seen = 0;
  let all = 0;
  for (let i = 0; i < t.length; i++) {
    const a = area[(i / 3) | 0];
    all += a;
    if (!Number.isNaN(deviationMm[t[i]])) seen += a;
  }
  return all > 0 ? seen / all : 0;
}

/** Lengths, sections and volume of the scan where the plan asks for them; only a whole scan has them. */
function scanValues(plan: InspectionPlan, placed: Mesh, stage: Stage, whole: boolean): Record<string, number> {
  const out: Record<string, number> = {};
  if (!whole || stage !== 'finished') return out;
  const closed = checkMesh(placed, { selfIntersections: false }).closed;
  for (const row of plan.rows) {
    if (row.kind === 'extent' && row.direction) out[row.id] = extentMm(placed, row.direction);
    if (!closed) continue;
    if (row.kind === 'volume') out[row.id] = volumeMm3(placed);
    if (row.kind === 'section' && row.direction && row.point)
      out[row.id] = sectionArea(placed, row.point, row.direction);
  }
  return out;
}

function coverageFindings(covered: number, o: InspectOptions): Finding[] {
  if (covered >= o.coveredFraction) return [];
  return [
    {
      level: 'warning',
      code: 'make.scan-incomplete',
      text: 'parts of the surface were not scanned',
      facts: { coveredFraction: covered, neededFraction: o.coveredFraction },
      hint: 'Scan the part whole; lengths and sections are taken only from a whole scan.',
    },
  ];
}

export type RowVerdict = 'accept' | 'reject' | 'missing' | 'recorded';

/** One row of the plan with what was measured. */
export interface InspectedRow extends PlannedRow {
  readonly value: number | null;
  readonly instrument: string;
  readonly verdict: RowVerdict;
}

export interface Inspection {
  readonly rows: readonly InspectedRow[];
  /** `accept`: every row that has limits was measured and lies within them. */
  readonly verdict: 'accept' | 'reject' | 'incomplete';
  readonly findings: readonly Finding[];
}

/**
 * Fills the plan's table from a scan, a table of measurements, or both, and says accept or reject. A hand measurement goes
 * before the scan's.
 * @throws make.file for a measurement that the plan does not know, or in another unit
 */
export function judgeInspection(
  plan: InspectionPlan,
  scan: ScanComparison | undefined,
  measured: readonly Measurement[],
  options: Partial<InspectOptions> = {},
): Inspection {
  const o = { ...INSPECT_DEFAULTS, ...options };
  const byId = new Map(measured.map((m) => [m.id, m]));
  const known = new Map(plan.rows.map((r) => [r.id, r]));
  for (const { id, unit } of measured) {
    const row = known.get(id);
    if (!row)
      throw new OsteonError('make.file', { what: 'measurements', id: id.slice(0, 40), reason: 'not in the plan' });
    if (unit !== '' && unit !== row.unit)
      throw new OsteonError('make.file', { what: 'measurements', id, unit: unit.slice(0, 20), wanted: row.unit });
  }
  const rows = plan.rows.map((row) => judgeRow(row, byId.get(row.id), scan, o));
  const rejected = rows.filter((r) => r.verdict === 'reject');
  const missing = rows.filter((r) => r.verdict === 'missing');
  const verdict = rejected.length > 0 ? 'reject' : missing.length > 0 ? 'incomplete' : 'accept';
  return { rows, verdict, findings: [...(scan?.findings ?? []), ...verdictFindings(rejected, missing)] };
}

function judgeRow(
  row: PlannedRow,
  hand: Measurement | undefined,
  scan: ScanComparison | undefined,
  o: InspectOptions,
): InspectedRow {
  if (row.kind === 'surface' && !hand) return judgeSurface(row, scan, o);
  const value = hand?.value ?? scan?.values[row.id] ?? null;
  const instrument = hand ? hand.instrument : value === null ? '' : 'scan';
  if (row.low === null && row.high === null) return { ...row, value, instrument, verdict: 'recorded' };
  if (value === null) return { ...row, value, instrument, verdict: 'missing' };
  const passes = (row.low === null || value >= row.low) && (row.high === null || value <= row.high);
  return { ...row, value, instrument, verdict: passes ? 'accept' : 'reject' };
}

/** The value of a surface is the worse end of its middle 99 %. */
function judgeSurface(row: PlannedRow, scan: ScanComparison | undefined, o: InspectOptions): InspectedRow {
  const found = scan?.faces.find((f) => f.faces === row.faces);
  if (!found || !Number.isFinite(found.lowMm)) return { ...row, value: null, instrument: '', verdict: 'missing' };
  const value = Math.abs(found.lowMm) > Math.abs(found.highMm) ? found.lowMm : found.highMm;
  const verdict = found.withinFraction >= o.withinFraction ? 'accept' : 'reject';
  return { ...row, value, instrument: 'scan', verdict };
}

function verdictFindings(rejected: readonly InspectedRow[], missing: readonly InspectedRow[]): Finding[] {
  const out: Finding[] = rejected.map((r) => ({
    level: 'blocker',
    code: 'make.reject',
    text: `${r.id}, ${r.name}: outside its limits`,
    facts: { value: r.value ?? Number.NaN, low: r.low ?? '–', high: r.high ?? '–', unit: r.unit },
    hint: 'Do not release the part. Look at the map, measure again, or rework where there is stock.',
  }));
  if (missing.length > 0)
    out.push({
      level: 'warning',
      code: 'make.not-measured',
      text: 'rows of the plan were not measured; a part is accepted only when all of them are',
      facts: { rows: missing.length, first: missing[0].id },
    });
  return out;
}
