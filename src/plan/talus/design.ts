import { type Finding, type Side, unpack, verdictOf } from '../../base/index.ts';
import type { Fit, ImplantBody, JointHeight, Placement } from '../../design/index.ts';
import { volumeMm3 } from '../../mesh/index.ts';
import type { TalusDocument } from '../case/talus.ts';
import { collapseFindings, type Gate } from '../gates.ts';
import type { Artefact, Graph } from '../graph.ts';
import { paramsFor } from '../settable.ts';
import type { BoneMesh } from '../steps/bones.ts';
import {
  type TalusImplant,
  type TalusMeasures,
  talusBody,
  talusFit,
  talusHeight,
  talusMeasures,
  talusPlace,
  talusSizeStep,
} from '../steps/talus.ts';
import { type TalusStrength, talusStrength } from '../steps/talus-strength.ts';
import { studyMaterial } from '../strength/study-file.ts';

/** Every result of the design, by name. */
export interface DesignArtefacts {
  readonly placement: Artefact<Placement>;
  readonly body: Artefact<ImplantBody>;
  readonly height: Artefact<JointHeight>;
  readonly measures: Artefact<TalusMeasures>;
  readonly sizes: readonly SizeArtefacts[];
}
export interface SizeArtefacts {
  readonly percent: number;
  readonly implant: Artefact<TalusImplant>;
  readonly fit: Artefact<Fit>;
  readonly strength: Artefact<TalusStrength>;
}

/** Bones of one side in the order of `HINDFOOT`. */
export type SideBones = readonly Artefact<BoneMesh>[];

/**
 * From the bones of both sides to sizes and their fit: placement, body and joint height wait for each other, sizes do not.
 * What is found on the way goes through the gate, in the order of the steps whatever finishes first.
 * @throws register.no-overlap, design.infeasible, case.side
 */
export async function designTalus(
  graph: Graph,
  document: TalusDocument,
  affected: SideBones,
  healthy: SideBones,
  gate: Gate,
): Promise<DesignArtefacts> {
  const given = document.parameters;
  const placement = await graph.step(talusPlace, { affected, healthy }, paramsFor(talusPlace, given));
  const spots = graph.value(document.osteophytes ?? []);
  const [body, height] = await Promise.all([
    graph.step(talusBody, { healthy, placement, spots }, paramsFor(talusBody, given)),
    graph.step(talusHeight, { affected, healthy, placement }, paramsFor(talusHeight, given)),
  ]);
  for (const step of [placement, body, height]) gate.admit(await findingsOf(step));
  gate.admit(await sideOf(document.affectedSide, affected[0], healthy[0], height));
  gate.pass();
  const measures = await graph.step(talusMeasures, { body, affected, height }, { side: document.affectedSide });
  const material = graph.value(studyMaterial(document.material));
  const { mode, percent } = document.sizes;
  const sizes = await Promise.all(
    percent.map(async (p): Promise<SizeArtefacts> => {
      const implant = await graph.step(talusSizeStep, { body }, { percent: p, mode });
      const inputs = { implant, affected, height, measures };
      const [fit, strength] = await Promise.all([
        graph.step(talusFit, inputs, paramsFor(talusFit, given)),
        graph.step(
          talusStrength,
          { ...inputs, material },
          { ...paramsFor(talusStrength, given), bodyMassKg: document.bodyMassKg },
        ),
      ]);
      return { percent: p, implant, fit, strength };
    }),
  );
  const perSize = await Promise.all(
    sizes.map(async ({ percent: p, implant, fit, strength }) =>
      [...(await findingsOf(implant)), ...(await findingsOf(fit)), ...(await findingsOf(strength))].map((f) => ({
        ...f,
        text: `size ${p} %: ${f.text}`,
      })),
    ),
  );
  gate.admit(unusableSizes(perSize).flat());
  return { placement, body, height, measures, sizes };
}

/**
 * Sizes are there to choose from: one that must not be used is a warning as long as another one may be. Where none may be,
 * the case is blocked.
 */
export function unusableSizes(perSize: readonly (readonly Finding[])[]): (readonly Finding[])[] {
  const blocked = perSize.map((findings) => verdictOf(findings) === 'block');
  if (blocked.every(Boolean)) return [...perSize];
  return perSize.map((findings) =>
    findings.map((f) =>
      f.level === 'blocker' ? { ...f, level: 'warning', text: `${f.text}. Do not use this size` } : f,
    ),
  );
}

async function findingsOf(artefact: Artefact<{ readonly findings: readonly Finding[] }>): Promise<readonly Finding[]> {
  return unpack<{ readonly findings: readonly Finding[] }>(await artefact.load()).findings;
}

async function sideOf(
  side: Side,
  affectedTalus: Artefact<BoneMesh>,
  healthyTalus: Artefact<BoneMesh>,
  height: Artefact<JointHeight>,
): Promise<Finding[]> {
  const [affected, healthy] = await Promise.all([affectedTalus.load(), healthyTalus.load()]);
  const { heightMm } = unpack<JointHeight>(await height.load());
  const volume = (bytes: Uint8Array) => volumeMm3(unpack<BoneMesh>(bytes).mesh);
  return collapseFindings(side, heightMm, volume(affected), volume(healthy));
}
