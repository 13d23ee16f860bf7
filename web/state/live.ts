import { SCREWS, screwType, stockedLength } from '../../src/design/index.ts';
import { distance } from '../../src/math/index.ts';
import type { FractureReading, LiveRelation, Rod, ScrewReading } from '../../src/measure/index.ts';
import type { PlacedScrew } from '../../src/plan/index.ts';
import { type Body, centreOf } from '../engine/body.ts';
import type { Engine } from '../engine/engine.ts';
import type { KernelWorker } from '../work/client.ts';
import type { FractureFacts, LiveQuestion, ScrewQuestion } from '../work/live.ts';
import { asProblem } from './api.ts';
import { isPelvic } from './pelvis.ts';
import { complain, show, view } from './view.ts';

/** One body to all that is near it. */
export interface BodyReading {
  readonly body: string;
  readonly relations: Readonly<Record<string, LiveRelation>>;
  readonly fracture: FractureReading | null;
}
/** One screw; `inBoneMm` is what a run puts into bone of it. */
export interface HeldScrew extends ScrewReading {
  readonly id: string;
  readonly screw: string;
  readonly lengthMm: number;
  readonly inBoneMm: number;
}

/** Asks the worker about what the hand does: the newest place only, never two questions at once. */
export class Follower<Q> {
  private next: Q | null = null;
  private asking = false;
  private readonly ask: (question: Q) => Promise<void>;

  constructor(ask: (question: Q) => Promise<void>) {
    this.ask = ask;
  }

  async follow(question: Q): Promise<void> {
    this.next = question;
    if (this.asking) return;
    this.asking = true;
    while (this.next !== null) {
      const now: Q = this.next;
      this.next = null;
      try {
        await this.ask(now);
      } catch (e) {
        complain(asProblem(e));
      }
    }
    this.asking = false;
  }
}

/** Tells how long one reading took, for the browser's own clock. */
const READ = 'osteon-live';

export const bodyFollower = (worker: KernelWorker): Follower<LiveQuestion> =>
  new Follower(async (question) => {
    const start = performance.now();
    const { relations, fracture, ms } = await worker.ask('live', question).answer;
    performance.measure(READ, { start, detail: { ms } });
    if (view().selected === question.moving.id) show({ live: { body: question.moving.id, relations, fracture } });
  });

export const screwFollower = (worker: KernelWorker): Follower<ScrewQuestion & { readonly held: PlacedScrew }> =>
  new Follower(async ({ held, ...question }) => {
    const start = performance.now();
    const reading = await worker.ask('screw', question).answer;
    performance.measure('osteon-live-screw', { start });
    if (view().screwId !== held.id) return;
    const { id, screw, lengthMm } = held;
    show({ held: { ...reading, id, screw, lengthMm, inBoneMm: question.screw.lengthMm } });
  });

/** What is asked of one body: fragments to each other and to the head, anything else to all that is seen near it. */
export function questionOf(engine: Engine, body: Body, fracture: FractureFacts | null): LiveQuestion {
  const names = fracture?.pieces.map((p) => p.id) ?? [];
  const isPiece = names.includes(body.id);
  // Fragments to each other: plate and guide are made anew for the new place, and the head is where the healthy side says.
  const others = isPiece
    ? [...engine.bodies.values()].filter((b) => b.id !== body.id && names.includes(b.id) && isNear(b, body))
    : neighbours(engine, body);
  return {
    moving: { id: body.id, pose: body.pose },
    others: others.map(({ id, pose, kind }) => ({
      id,
      pose,
      joint: isPiece ? 'none' : kind === 'part' && body.kind !== 'part' ? 'other' : 'moving',
    })),
    pieces: isPiece ? names.map((id) => ({ id, pose: engine.bodies.get(id)!.pose })) : null,
  };
}
const NEAR_MM = 5;
const isNear = (a: Body, b: Body): boolean => distance(centreOf(a), centreOf(b)) < radiusOf(a) + radiusOf(b) + NEAR_MM;

/** Visible bones and parts that come near a body. */
export const neighbours = (engine: Engine, body: Body): Body[] =>
  [...engine.bodies.values()].filter(
    (b) => (b.kind === 'bone' || b.kind === 'part') && b.visible && b.id !== body.id && isNear(b, body),
  );

/** Plate and what it stands off the bone, mm: `plate.thicknessMm` and `plate.standOffMm` where the case does not say. */
const PLATE_MM = 3.2;

/** What is asked of one screw: its bone, the joint and all other screws. */
export function screwQuestion(
  engine: Engine,
  held: PlacedScrew,
  all: readonly PlacedScrew[],
  document: string,
  fracture: FractureFacts | null,
): (ScrewQuestion & { readonly held: PlacedScrew }) | null {
  const pelvic = isPelvic(document);
  const names = pelvic ? (fracture?.pieces.map((p) => p.id) ?? []) : [held.target];
  const bone = names.flatMap((id) => engine.bodies.get(id) ?? []).map(({ id, pose }) => ({ id, pose }));
  if (bone.length === 0) return null;
  const outsideMm = pelvic && !/^plate:\s*none/m.test(document) ? PLATE_MM : 0;
  const type = screwType(held.screw);
  return {
    held,
    bone,
    joint: fracture?.joint ?? null,
    screw: rodOf(held, pelvic, outsideMm),
    others: all.filter((s) => s.id !== held.id).map((s) => rodOf(s, pelvic, outsideMm)),
    options: { maxLengthMm: type.lengthsMm[type.lengthsMm.length - 1] },
  };
}

/** As a run places it: its length is one of the tray, and in an acetabular case plate and head stand outside the bone. */
function rodOf({ id, screw, entryMm, direction, lengthMm }: PlacedScrew, pelvic: boolean, plateMm: number): Rod {
  const type = SCREWS.find((s) => s.name === screw) ?? SCREWS[0];
  const outsideMm = Math.max(plateMm, type.headHeightMm);
  const inBoneMm = pelvic ? (stockedLength(type, outsideMm + lengthMm) ?? lengthMm) - outsideMm : lengthMm;
  return { id, entryMm, direction, lengthMm: inBoneMm, radiusMm: type.diameterMm / 2 };
}

const radiusOf = (b: Body): number => b.geometry.boundingSphere!.radius;
