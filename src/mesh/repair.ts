import { type Facts, type Finding, type Job, NO_JOB, OsteonError } from '../base/index.ts';
import { dropCaps } from './caps.ts';
import { checkMesh, type MeshReport } from './check.ts';
import { buildEdges } from './edges.ts';
import { dropFins, splitFans } from './fans.ts';
import { FILL_DEFAULTS, type FillOptions, fillHoles } from './holes.ts';
import { bounds, type Mesh, triangleAreaMm2, volumeMm3 } from './mesh.ts';
import { orientOutward } from './orient.ts';
import { shellOfTriangles, splitParts } from './shells.ts';
import type { SolidEngine } from './solid.ts';
import { pickTriangles } from './topology.ts';
import { dropDuplicates, weld } from './weld.ts';

export interface RepairOptions extends FillOptions {
  /** Vertices this near become one, mm. */
  readonly weldMm: number;
  /** Pieces with a smaller box diagonal are taken away, mm; 0 keeps all. */
  readonly speckMm: number;
  /** Merges shells that overlap, if given. */
  readonly engine: SolidEngine | null;
  readonly job: Job;
}

export const REPAIR_DEFAULTS: RepairOptions = {
  ...FILL_DEFAULTS,
  weldMm: 0.001, // a thousand times the rounding of single-precision files, a hundredth of what can be printed
  speckMm: 1, // smaller than any part of a bone that matters
  engine: null,
  job: NO_JOB,
};

export interface Repaired {
  readonly mesh: Mesh;
  /** What was done, each with its size in mm; nothing is repaired silently. */
  readonly findings: readonly Finding[];
  /** The check of the result, with what could not be repaired. */
  readonly report: MeshReport;
}

/**
 * Makes a solid of a damaged surface: welds, drops repeated, flat and hanging triangles, turns faces outward, takes
 * specks away, closes holes. A sound mesh comes back as it is, without findings.
 * @throws mesh.empty, also where nothing is left
 * @cost about 2 s for 100 000 triangles
 * @job eight steps
 */
export function repairMesh(input: Mesh, options: Partial<RepairOptions> = {}): Repaired {
  const { job, ...o } = { ...REPAIR_DEFAULTS, ...options };
  const findings: Finding[] = [];
  const note = (code: string, text: string, facts: Facts, level: Finding['level'] = 'note'): void => {
    findings.push({ level, code: `mesh.repair.${code}`, text, facts });
  };
  if (input.triangles.length === 0) throw new OsteonError('mesh.empty');
  const welded = weld(input, o.weldMm);
  if (welded.merged > 0)
    note('weld', `${welded.merged} vertices joined another, ${mm(welded.maxMoveMm)} away at most.`, {
      vertices: welded.merged,
      maxMoveMm: welded.maxMoveMm,
      trianglesCollapsed: welded.collapsed,
    });
  job.at(0.15);
  let mesh = dropRepeated(welded.mesh, o.weldMm, note);
  mesh = turnOutward(mesh, note);
  job.at(0.35);
  const split = splitFans(mesh);
  if (split.added > 0)
    note('split', `Parts that only touched were separated at ${split.added} vertices.`, { vertices: split.added });
  mesh = dropSpecks(split.mesh, o.speckMm, note);
  job.at(0.45);
  mesh = close(mesh, o, note);
  mesh = mergeShells(turnOutward(mesh, note), o.engine, note);
  job.at(0.6);
  const report = checkMesh(mesh, { job: job.part(0.6, 1) });
  return { mesh, findings, report };
}

type Note = (code: string, text: string, facts: Facts, level?: Finding['level']) => void;
const mm = (x: number): string => `${Number(x.toPrecision(3))} mm`;

function dropRepeated(input: Mesh, flatMm: number, note: Note): Mesh {
  const { mesh, dropped } = dropDuplicates(input);
  if (dropped > 0) note('duplicate', `${dropped} repeated triangles were dropped.`, { triangles: dropped });
  const caps = dropCaps(mesh, flatMm);
  if (caps.turned > 0)
    note('flat', `${caps.turned} triangles lower than ${mm(flatMm)} were merged into their neighbours.`, {
      triangles: caps.turned,
      maxHeightMm: caps.maxHeightMm,
    });
  const fins = dropFins(caps.mesh);
  if (fins.dropped > 0)
    note('fin', `${fins.dropped} triangles hanging on an edge were dropped.`, { triangles: fins.dropped }, 'warning');
  return fins.mesh;
}

function turnOutward(input: Mesh, note: Note): Mesh {
  const { mesh, flipped } = orientOutward(input);
  let triangles = 0;
  let areaMm2 = 0;
  for (let i = 0; i < flipped.length; i++)
    if (flipped[i]) {
      triangles++;
      areaMm2 += triangleAreaMm2(mesh, i);
    }
  if (triangles === 0) return input;
  note('flip', `${triangles} triangles were turned to face outward.`, { triangles, areaMm2 });
  return mesh;
}

function dropSpecks(mesh: Mesh, speckMm: number, note: Note): Mesh {
  const { count, of } = shellOfTriangles(mesh, buildEdges(mesh));
  if (count === 1 || !(speckMm > 0)) return mesh;
  const sizes = splitParts(mesh, of, count).map((part) => {
    const { lo, hi } = bounds(part);
    return Math.sqrt([0, 1, 2].reduce((s, k) => s + (hi[k] - lo[k]) * (hi[k] - lo[k]), 0));
  });
  const largest = Math.max(...sizes);
  const goes = sizes.map((s) => s < speckMm && s < largest);
  const pieces = goes.filter(Boolean).length;
  if (pieces === 0) return mesh;
  const largestMm = Math.max(...sizes.filter((_, i) => goes[i]));
  note('speck', `${pieces} loose pieces up to ${mm(largestMm)} were taken away.`, { pieces, largestMm });
  return pickTriangles(mesh, (i) => !goes[of[i]]);
}

function close(mesh: Mesh, options: FillOptions, note: Note): Mesh {
  const { mesh: closed, holes, open } = fillHoles(mesh, options);
  if (holes.length > 0) {
    const longest = holes.reduce((a, b) => (b.rimMm > a.rimMm ? b : a));
    const areaMm2 = holes.reduce((s, h) => s + h.areaMm2, 0);
    const at = [0, 1, 2].map((k) => mesh.positions[3 * longest.vertex + k]);
    const facts = { holes: holes.length, longestRimMm: longest.rimMm, areaMm2, xMm: at[0], yMm: at[1], zMm: at[2] };
    const text = `${holes.length} holes were closed, the longest with a rim of ${mm(longest.rimMm)}.`;
    note('hole', text, facts, longest.rimMm > options.fairRimMm ? 'warning' : 'note');
  }
  if (open > 0) note('open', `${open} holes stay open.`, { holes: open }, 'warning');
  return closed;
}

/** Shells that overlap become one, where an engine is at hand and the shells are sound enough for it. */
function mergeShells(mesh: Mesh, engine: SolidEngine | null, note: Note): Mesh {
  if (!engine) return mesh;
  const report = checkMesh(mesh);
  if (report.selfIntersections.length === 0 || report.shells.length < 2 || !report.closed || !report.manifold)
    return mesh;
  const merged = engine.union([mesh]);
  const before = volumeMm3(mesh);
  const facts = { shells: report.shells.length, volumeChangeMm3: volumeMm3(merged) - before };
  note('merge', `${report.shells.length} overlapping shells were made one.`, facts);
  return merged;
}
