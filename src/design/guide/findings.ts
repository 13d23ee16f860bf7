import type { Finding, Vec3 } from '../../base/index.ts';
import { type Bvh, castRay } from '../../mesh/index.ts';
import { along } from './body.ts';
import { GUIDE_PROCESSES, type GuideProcessName, type GuideValues } from './params.ts';
import type { Guide, GuideBore } from './types.ts';

/** A seat holds worse than this when a motion is hardly resisted: a long smooth bar has 0.001. */
const FIRM = 0.004;
/** A wrong seat that fits to within this cannot be told from the right one by hand, mm. */
const WRONG_MM = 0.6;
/** A drill needs this way free of bone above its sleeve, mm. */
const DRILL_MM = 120;
/** Part of the plate's outer side that has to be reached for a guide that envelops it. */
const TOUCHED = 0.5;

export function guideFindings(
  guide: Omit<Guide, 'findings'>,
  input: { readonly process: GuideProcessName },
  v: GuideValues,
  bone: Bvh,
  dropped: readonly number[],
): Finding[] {
  const out: Finding[] = [];
  const add = (level: Finding['level'], code: string, text: string, facts?: Finding['facts'], hint?: string) =>
    out.push({ level, code, text, ...(facts && { facts }), ...(hint && { hint }) });
  const { seat, insertion: i } = guide;
  if (guide.undercuts > 0)
    add('blocker', 'guide.undercut', 'the guide meets plate or bone on its way off', { places: guide.undercuts });
  if (guide.wallMm < Math.min(1, v.wallMm / 2))
    add('warning', 'guide.thin', 'the guide is thin somewhere', { wallMm: guide.wallMm });
  if (seat.touchedFraction < TOUCHED)
    add(
      'warning',
      'guide.reach',
      'no direction lets the guide reach most of the plate and come off again',
      { fraction: seat.touchedFraction },
      'Two guides for two parts of the plate would sit better.',
    );
  if (seat.firmness < FIRM)
    add('warning', 'guide.loose', 'the seat hardly holds one of its motions', {
      firmness: seat.firmness,
      playMm: seat.playMm,
      playDeg: seat.playDeg,
    });
  if (seat.wrongSeatMm < WRONG_MM)
    add('blocker', 'guide.two-ways', 'the guide seems to fit in another way too', {
      misfitMm: seat.wrongSeatMm,
      turnDeg: seat.wrongSeatDeg,
    });
  if (guide.legs.length < v.legs)
    add('note', 'guide.legs', 'there was no room for all extensions on bone', {
      placed: guide.legs.length,
      wanted: v.legs,
    });
  const wires = guide.bores.filter((b) => b.kind === 'wire').length;
  if (wires < v.wires)
    add('warning', 'guide.wires', 'there was no room for all wires', { placed: wires, wanted: v.wires });
  if (guide.text.length === 0)
    add(
      'warning',
      'guide.no-text',
      'no place for the letters is clear of the drills',
      undefined,
      'Lower the letters’ height.',
    );
  const loose = dropped.reduce((s, x) => s + x, 0);
  if (loose > 0.02 * guide.volumeMm3)
    add('warning', 'guide.in-pieces', 'parts that nothing joins to the guide were left out', {
      pieces: dropped.length,
      volumeMm3: loose,
    });
  if (!i.fits)
    add('warning', 'guide.insertion', 'the guide does not go straight through the incision in any direction', {
      alongMm: i.alongMm,
      windowMm: i.windowMm,
      acrossMm: i.acrossMm,
    });
  out.push(...boreFindings(guide.bores, bone));
  const { steam, name } = GUIDE_PROCESSES[input.process];
  add(steam.bears ? 'note' : 'blocker', 'guide.steam', steam.text, { material: name });
  if (wires > 0) add('note', 'guide.pull-wires', 'pull the wires before the guide is lifted off', { wires });
  return out;
}

function boreFindings(bores: readonly GuideBore[], bone: Bvh): Finding[] {
  const out: Finding[] = [];
  for (const b of bores) {
    const from = along(b, b.toMm);
    const hit = castRay(bone, from, b.outward, DRILL_MM);
    if (hit)
      out.push({
        level: 'warning',
        code: 'guide.drill-blocked',
        text: 'bone stands in the way of the drill',
        facts: { bore: b.id, afterMm: hit.distanceMm },
      });
  }
  for (const [k, a] of bores.entries())
    for (const b of bores.slice(k + 1)) {
      const wallMm = leastWall(a, b);
      if (wallMm < 0.6)
        out.push({
          level: 'warning',
          code: 'guide.sleeves-meet',
          text: 'two bores come near each other inside the guide',
          facts: { bores: `${a.id}, ${b.id}`, wallMm },
        });
    }
  return out;
}

/** Material between two bores along their sleeves, mm. */
function leastWall(a: GuideBore, b: GuideBore): number {
  let least = Number.POSITIVE_INFINITY;
  const radii = (a.boreDiameterMm + b.boreDiameterMm) / 2;
  for (let i = 0; i <= 20; i++)
    for (let j = 0; j <= 20; j++) {
      const p: Vec3 = along(a, a.fromMm + (i / 20) * (a.toMm - a.fromMm));
      const q: Vec3 = along(b, b.fromMm + (j / 20) * (b.toMm - b.fromMm));
      least = Math.min(least, Math.hypot(p[0] - q[0], p[1] - q[1], p[2] - q[2]) - radii);
    }
  return least;
}
