import { LPS_IDENTITY, type LpsTransform } from '../../src/base/index.ts';
import { apply, compose, invert } from '../../src/math/index.ts';
import {
  type CorridorOptions,
  type FractureReading,
  fitAcetabulum,
  type JointSphere,
  type LiveBone,
  type LiveFracture,
  type LiveRelation,
  type LiveSurface,
  liveBone,
  liveFracture,
  liveRelation,
  liveSurface,
  type Rod,
  readFracture,
  readScrew,
  type ScrewReading,
} from '../../src/measure/index.ts';
import { type Mesh, transformMesh } from '../../src/mesh/index.ts';

/** A body and where it stands. */
export interface Placed {
  readonly id: string;
  readonly pose: LpsTransform;
}

/** What the last run knows of a broken socket. */
export interface FractureFacts {
  /** Of each fragment: from where the run drew it to where its fracture faces meet. */
  readonly pieces: readonly { readonly id: string; readonly foundFromDrawn: LpsTransform }[];
  readonly healthy: string;
  readonly templateFromHealthy: LpsTransform;
  readonly joint: JointSphere;
  readonly head: JointSphere | null;
}

export interface LiveQuestion {
  readonly moving: Placed;
  /** `joint`: at whose surface joint space is read: an implant's as in a run, else the moving bone's; fragments have none. */
  readonly others: readonly (Placed & { readonly joint: 'none' | 'moving' | 'other' })[];
  /** Of every fragment; null where nothing is broken. */
  readonly pieces: readonly Placed[] | null;
}
export interface LiveAnswer {
  readonly relations: Readonly<Record<string, LiveRelation>>;
  readonly fracture: FractureReading | null;
  /** Time in the worker, ms. */
  readonly ms: number;
}

export interface ScrewQuestion {
  readonly bone: readonly Placed[];
  readonly joint: JointSphere | null;
  readonly screw: Rod;
  readonly others: readonly Rod[];
  readonly options: Partial<CorridorOptions>;
}

/** Live readings in the worker: everything that does not depend on the pose is made once and kept. */
export function createLive(meshOf: (id: string) => Mesh) {
  const surfaces = new Map<string, LiveSurface>();
  let facts: FractureFacts | null = null;
  let fracture: LiveFracture | null = null;
  let bone: { readonly key: string; readonly value: LiveBone } | null = null;

  const surfaceOf = (id: string): LiveSurface => {
    const made = surfaces.get(id) ?? liveSurface(meshOf(id));
    surfaces.set(id, made);
    return made;
  };

  /** From where its faces meet to where a piece stands now. */
  const movedOf = (pieces: readonly Placed[]): LpsTransform[] =>
    facts!.pieces.map(({ id, foundFromDrawn }) =>
      compose(pieces.find((p) => p.id === id)?.pose ?? LPS_IDENTITY, invert(foundFromDrawn)),
    );

  return {
    /** A surface is another one now. */
    forget(id: string): void {
      surfaces.delete(id);
      bone = null;
      if (facts?.pieces.some((p) => p.id === id)) fracture = null;
    },

    fracture(given: FractureFacts | null): null {
      facts = given;
      fracture = null;
      return null;
    },

    /** What the first reading would wait for. */
    ready(): null {
      if (!facts) return null;
      for (const { id } of facts.pieces) surfaceOf(id);
      fracture ??= layOut(facts, meshOf);
      return null;
    },

    live({ moving, others, pieces }: LiveQuestion): LiveAnswer {
      const start = performance.now();
      const own = surfaceOf(moving.id);
      const relations = Object.fromEntries(
        others.map(({ id, pose, joint }) => {
          const other = { id, surface: surfaceOf(id), pose };
          const mine = { id: moving.id, surface: own, pose: moving.pose };
          const [a, b] = joint === 'other' ? [other, mine] : [mine, other];
          const found = liveRelation(a.surface, b.surface, compose(invert(b.pose), a.pose), {
            joint: joint !== 'none',
          });
          return [id, { ...found, at: found.at && apply(b.pose, found.at) }];
        }),
      );
      if (pieces && facts) fracture ??= layOut(facts, meshOf);
      const reading = pieces && fracture ? readFracture(fracture, movedOf(pieces)) : null;
      return { relations, fracture: reading, ms: performance.now() - start };
    },

    screw({ bone: placed, joint, screw, others, options }: ScrewQuestion): ScrewReading {
      const key = JSON.stringify(placed);
      if (bone?.key !== key)
        bone = { key, value: liveBone(placed.map(({ id, pose }) => ({ mesh: meshOf(id), pose }))) };
      return readScrew(bone.value, joint ?? undefined, screw, others, options);
    },
  };
}

function layOut(facts: FractureFacts, meshOf: (id: string) => Mesh): LiveFracture {
  const pieces = facts.pieces.map(({ id, foundFromDrawn }) => ({
    name: id,
    mesh: transformMesh(foundFromDrawn, meshOf(id)),
  }));
  const head = facts.head ?? undefined;
  const mesh = transformMesh(facts.templateFromHealthy, meshOf(facts.healthy));
  const whole = fitAcetabulum(
    pieces.map((p) => p.mesh),
    head ? { head } : {},
  );
  return liveFracture({
    pieces,
    joint: whole.surface,
    template: { mesh, joint: fitAcetabulum(mesh).surface },
    ...(head && { head }),
  });
}
