import type { LpsTransform, Vec3 } from '../../base/index.ts';
import { add, apply, applyLinear, distance, dot, norm, quantile, scale, sub, unit } from '../../math/index.ts';
import type { LaidOut } from './patches.ts';
import { type Joint, type Site, STRIP_MM } from './sites.ts';

/** Between two pieces, along their common fracture line in the joint surface. */
export interface SpaceGap {
  readonly a: string;
  readonly b: string;
  /** Length of the fracture line, mm. */
  readonly lengthMm: number;
  /** Across the line, in the joint surface: median along the line, and the widest (95 % of the line is below). mm. */
  readonly gapMedianMm: number;
  readonly gapMm: number;
  /** Along the normal of the joint surface, size without sign. mm. */
  readonly stepMedianMm: number;
  readonly stepMm: number;
  /** Area of the joint surface that is open, mm²: gap times length of line. */
  readonly gapAreaMm2: number;
  /** Where the gap is widest, LPS mm, measured pose. */
  readonly widestAt: Vec3;
}

/**
 * Gap and step-off in space between all pairs of pieces that meet in the joint surface. Points of the fracture face just
 * below the joint surface know their partners from the reduced pose; what lies between them in the measured pose is split
 * into the normal of the joint surface (step-off), across the fracture line (gap) and along it.
 * @accuracy exact for faces that match; rounded edges of traced bone do not count, because faces are compared, not rims
 * @source after Meesters et al. 2019, PMC6583999 (gap area, gap and step-off in three dimensions); correspondence own
 */
export function spaceGaps(pieces: readonly LaidOut[], sites: readonly (readonly Site[])[], joint: Joint): SpaceGap[] {
  const out: SpaceGap[] = [];
  for (let i = 0; i < pieces.length; i++)
    for (let j = i + 1; j < pieces.length; j++) {
      const here = sites[i].filter((s) => s.neighbour === j);
      const there = sites[j].filter((s) => s.neighbour === i);
      const rows = [
        ...measured(here, pieces[i].moved, pieces[j].moved, joint),
        ...measured(there, pieces[j].moved, pieces[i].moved, joint),
      ];
      if (rows.length) out.push(summaryOf(pieces[i].name, pieces[j].name, rows));
    }
  return out;
}

interface Row {
  readonly gapMm: number;
  readonly stepMm: number;
  readonly lineMm: number;
  readonly at: Vec3;
}

function measured(sites: readonly Site[], movedA: LpsTransform, movedB: LpsTransform, joint: Joint): Row[] {
  const wideMm = stripWidthMm(sites);
  return sites.map(({ p, q, areaMm2, normal, across }) => {
    const [pm, qm] = [apply(movedA, p), apply(movedB, q)];
    const v = sub(qm, pm);
    // A strip on a slanting face is wider than it is deep, and below the joint surface it is longer than the line in it.
    // Both sides of the fracture are counted: half each.
    const longer = Math.max(1, distance(p, joint.centreMm) / joint.radiusMm);
    return {
      gapMm: Math.max(0, dot(v, applyLinear(movedA, unit(across)))),
      stepMm: Math.abs(dot(v, applyLinear(movedA, normal))),
      lineMm: (areaMm2 * norm(across)) / longer / wideMm / 2,
      at: scale(add(pm, qm), 0.5),
    };
  });
}

const SHALLOWEST = 0.05;

/**
 * Traced edges are rounded: the joint surface ends before the face begins, and the strip is that much narrower. Of a strip
 * that is whole, the shallowest twentieth lies in its first twentieth.
 */
function stripWidthMm(sites: readonly Site[]): number {
  const first = quantile(
    sites.map((s) => s.depthMm),
    SHALLOWEST,
  );
  const bare = Math.max(0, (first - SHALLOWEST * STRIP_MM) / (1 - SHALLOWEST));
  return STRIP_MM - bare;
}

function summaryOf(a: string, b: string, rows: readonly Row[]): SpaceGap {
  const lengthMm = rows.reduce((s, r) => s + r.lineMm, 0);
  const gaps = alongLine(rows, (r) => r.gapMm);
  const steps = alongLine(rows, (r) => r.stepMm);
  const widest = rows.reduce((m, r) => (r.gapMm > m.gapMm ? r : m));
  return {
    a,
    b,
    lengthMm,
    gapMedianMm: gaps(0.5),
    gapMm: gaps(0.95),
    stepMedianMm: steps(0.5),
    stepMm: steps(0.95),
    gapAreaMm2: rows.reduce((s, r) => s + r.gapMm * r.lineMm, 0),
    widestAt: widest.at,
  };
}

/** Quantiles of a value along the fracture line: each row counts with its length. */
function alongLine(rows: readonly Row[], value: (r: Row) => number): (q: number) => number {
  const sorted = rows.map((r) => [value(r), r.lineMm] as const).sort((x, y) => x[0] - y[0]);
  const total = sorted.reduce((s, [, w]) => s + w, 0);
  return (q) => {
    let run = 0;
    for (const [v, w] of sorted) {
      run += w;
      if (run >= q * total) return v;
    }
    return sorted[sorted.length - 1][0];
  };
}
