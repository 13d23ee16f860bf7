import { type Finding, OsteonError, unpack } from '../../base/index.ts';
import { type NamedExtent, type Process, processOf, withSettings } from '../../make/index.ts';
import type { TalusDocument, TalusMaterial } from '../case/talus.ts';
import type { Graph } from '../graph.ts';
import { type Made, makePart } from '../make/workflow.ts';
import { talusPart } from '../steps/make.ts';
import type { TalusMeasures } from '../steps/talus.ts';
import type { DesignArtefacts, SizeArtefacts } from './design.ts';
import { sizeName } from './files.ts';

/** How each material is built where the case does not say. */
const USUAL: Readonly<Record<TalusMaterial, string>> = { 'Ti-6Al-4V ELI': 'ti64-eli-lpbf', 'Co-28Cr-6Mo': 'cocr-lpbf' };

/**
 * The process of a case, or nothing where it builds none.
 * @throws case.value for a process of another material, param.unknown, param.range
 */
export function processOfCase({ make, material }: TalusDocument): Process | undefined {
  if (make === 'none') return undefined;
  const process = withSettings(processOf(make?.process ?? USUAL[material]), make?.settings ?? {});
  if (process.release && process.material !== material)
    throw new OsteonError(
      'case.value',
      { key: 'make.process', process: process.id, material },
      `The process is for ${process.material}.`,
    );
  return process;
}

/**
 * The build of one size: the one the case names, else the nominal one, else the first. A part that cannot be built is a
 * finding, not the end of the case: the design stands.
 */
export async function makeTalus(
  graph: Graph,
  document: TalusDocument,
  caseId: string,
  design: DesignArtefacts,
  process: Process,
): Promise<Made | FailedBuild> {
  const { percent, implant } = sizeToBuild(document, design.sizes);
  const name = sizeName(percent, document.sizes.mode);
  const own = document.make === 'none' ? undefined : document.make;
  try {
    const made = await makePart(graph, await graph.step(talusPart, { implant, body: design.body }, { name }), process, {
      coupons: own?.coupons ?? 3,
      content: 'contours',
      slices: false,
      facts: { caseId, side: document.affectedSide, material: document.material, nominalSha256: implant.hash },
      named: await extentsOf(design),
      sizes: document.sizes.percent.map((p) => sizeName(p, document.sizes.mode)),
      rates: own?.rates ?? {},
      folder: 'build/',
    });
    return { ...made, findings: made.findings.map((f) => ofBuild(name, f)) };
  } catch (e) {
    if (!(e instanceof OsteonError) || !e.code.startsWith('make.')) throw e;
    const finding: Finding = { level: 'warning', code: e.code, text: e.message, facts: e.facts, hint: e.hint };
    return { files: [], findings: [ofBuild(name, finding)] };
  }
}

/** A part that cannot be built, and why. */
export interface FailedBuild {
  readonly files: readonly [];
  readonly findings: readonly Finding[];
}

function sizeToBuild({ make }: TalusDocument, sizes: readonly SizeArtefacts[]): SizeArtefacts {
  const wanted = (make === 'none' ? undefined : make?.size) ?? 100;
  return sizes.find((s) => s.percent === wanted) ?? sizes[0];
}

/** Length, width and height as a surgeon means them. */
async function extentsOf({ measures }: DesignArtefacts): Promise<NamedExtent[]> {
  const { frame } = unpack<TalusMeasures>(await measures.load());
  return [
    { name: 'length of the talus', direction: frame.anterior },
    { name: 'width of the talus', direction: frame.lateral },
    { name: 'height of the talus', direction: frame.superior },
  ];
}

const ofBuild = (name: string, f: Finding): Finding => ({
  ...f,
  level: f.level === 'blocker' ? 'warning' : f.level,
  text: `build of ${name}: ${f.text}`,
});
