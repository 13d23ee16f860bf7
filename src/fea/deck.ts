import { nodesOfFaces } from './boundary.ts';
import type { Model } from './model.ts';
import type { Study } from './study.ts';
import { nodesPerTet, tetCount } from './tets.ts';

/** What is written above a deck: who, what, when not. */
export interface DeckHeader {
  readonly title: string;
  readonly lines: readonly string[];
}

/** Twelve digits in at most twenty characters, as CalculiX reads them. */
const num = (x: number): string => String(Number(x.toPrecision(12)));
/** Names of sets: letters, digits, underscore, upper case. */
export const setName = (name: string): string => name.replace(/[^A-Za-z0-9]+/g, '_').toUpperCase();

/** Directed springs as pulls: unit directions and stiffness of each 3 × 3 block, eigenvalues above rounding only. */
export interface Pull {
  readonly node: number;
  readonly direction: readonly [number, number, number];
  readonly nPerMm: number;
}

/**
 * The study as a CalculiX input deck that a person can read: sets by the names of the regions, one step a load case,
 * consistent nodal forces. Springs are SPRINGA elements to nodes one millimetre away that do not move.
 * @param pulls springs as directions, see `pullsOf`
 */
export function writeInp(
  model: Model,
  study: Study,
  header: DeckHeader,
  pulls: readonly Pull[],
  solver: 'SPOOLES' | 'ITERATIVE CHOLESKY' | 'ITERATIVE SCALING' = 'SPOOLES',
): string {
  const { mesh, boundary } = model.volume;
  const p = mesh.positions;
  const nodes = p.length / 3;
  const per = nodesPerTet(mesh);
  const n = tetCount(mesh);
  const out: string[] = [
    ...header.lines.map((l) => `** ${l}`),
    '** mm, N, MPa',
    '*HEADING',
    header.title,
    '*NODE, NSET=NALL',
  ];
  for (let i = 0; i < nodes; i++) out.push(`${i + 1},${num(p[3 * i])},${num(p[3 * i + 1])},${num(p[3 * i + 2])}`);
  if (pulls.length > 0) {
    out.push('*NODE, NSET=GROUND');
    pulls.forEach(({ node, direction }, k) => {
      out.push(`${nodes + k + 1},${[0, 1, 2].map((i) => num(p[3 * node + i] + direction[i])).join(',')}`);
    });
  }
  const groups = materialGroups(model, study);
  for (const { set, elements } of groups) {
    out.push(`*ELEMENT, TYPE=${mesh.order === 2 ? 'C3D10' : 'C3D4'}, ELSET=${set}`);
    for (const e of elements)
      out.push(`${e + 1},${Array.from(mesh.tets.subarray(per * e, per * e + per), (v) => v + 1)}`);
  }
  for (const [name, { faces }] of Object.entries(model.regions)) {
    out.push(`*NSET, NSET=N_${setName(name)}`, ...rows(Array.from(nodesOfFaces(boundary, faces), (v) => v + 1)));
    out.push(`*SURFACE, NAME=S_${setName(name)}, TYPE=ELEMENT`);
    for (const f of faces) out.push(`${boundary.element[f] + 1},S${boundary.face[f] + 1}`);
  }
  for (const { set, name, youngMPa, poisson } of groups) {
    out.push(`** ${name}`, `*MATERIAL, NAME=${set}`, '*ELASTIC', `${num(youngMPa)},${num(poisson)}`);
    out.push(`*SOLID SECTION, ELSET=${set}, MATERIAL=${set}`);
  }
  pulls.forEach(({ node, nPerMm }, k) => {
    out.push(`*ELEMENT, TYPE=SPRINGA, ELSET=K${k + 1}`, `${n + k + 1},${node + 1},${nodes + k + 1}`);
    // A constant without a point would be taken for a direction.
    const k1 = num(nPerMm);
    out.push(`*SPRING, ELSET=K${k + 1}`, '', /[.e]/.test(k1) ? k1 : `${k1}.`);
  });
  out.push('*BOUNDARY');
  for (const s of study.supports) if (s.kind === 'fixed') out.push(`N_${setName(s.region)},1,3`);
  if (pulls.length > 0) out.push('GROUND,1,3');
  study.loadCases.forEach(({ name: load, source }, c) => {
    out.push(`** ${load}: ${source}`, '*STEP', `*STATIC, SOLVER=${solver}`);
    // Loads stay from step to step unless replaced.
    out.push('*CLOAD, OP=NEW');
    const f = model.forcesN[c];
    for (let i = 0; i < f.length; i++) if (f[i] !== 0) out.push(`${Math.floor(i / 3) + 1},${(i % 3) + 1},${num(f[i])}`);
    out.push('*NODE FILE', 'U,RF', '*EL FILE', 'S', '*END STEP');
  });
  return `${out.join('\n')}\n`;
}

interface MaterialGroup {
  /** Name of its set of elements and of its material. */
  readonly set: string;
  readonly name: string;
  readonly youngMPa: number;
  readonly poisson: number;
  readonly elements: readonly number[];
}

/** Bone from a CT has a stiffness for every element; those within two percent become one material. */
const STEP = Math.log(1.02);

/** Elements of one material each: parts, and within the part of bone steps of stiffness (their mean). */
function materialGroups({ volume: { mesh }, lameMPa }: Model, study: Study): MaterialGroup[] {
  const materials = [study.material, ...(study.inclusions ?? []).map((i) => i.material)];
  const table = new Map<string, { part: number; sum: number; elements: number[] }>();
  for (let e = 0; e < mesh.parts.length; e++) {
    const part = mesh.parts[e];
    const l = lameMPa[2 * e];
    const m = lameMPa[2 * e + 1];
    const young = (m * (3 * l + 2 * m)) / (l + m);
    const key =
      part === 0 && study.bone ? `BONE${Math.round(Math.log(young) / STEP)}` : part === 0 ? 'PART' : `PART${part}`;
    const group = table.get(key) ?? { part, sum: 0, elements: [] };
    group.sum += young;
    group.elements.push(e);
    table.set(key, group);
  }
  return [...table]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([set, { part, sum, elements }]) => {
      const bone = part === 0 && study.bone;
      const { name, youngMPa, poisson } = materials[part];
      return {
        set,
        name: bone ? 'bone from grey values' : name,
        youngMPa: bone ? sum / elements.length : youngMPa,
        poisson: bone ? bone.poisson : poisson,
        elements,
      };
    });
}

/** Twelve numbers a line, each line with a comma at its end. */
function rows(values: readonly number[]): string[] {
  const out: string[] = [];
  for (let i = 0; i < values.length; i += 12) out.push(`${values.slice(i, i + 12).join(',')},`);
  return out;
}

/**
 * The study for FEBio (specification 4.0): material, mesh, sets, fixed regions and nodal forces of the first load case.
 * Beddings are not carried over; a comment says so.
 */
export function writeFeb(model: Model, study: Study, header: DeckHeader): string {
  const { mesh, boundary } = model.volume;
  const p = mesh.positions;
  const per = nodesPerTet(mesh);
  const groups = materialGroups(model, study);
  const text = (s: string) => s.replace(/[<>&"-]/g, (c) => `&#${c.charCodeAt(0)};`);
  const out: string[] = ['<?xml version="1.0" encoding="UTF-8"?>', '<febio_spec version="4.0">'];
  for (const line of [header.title, ...header.lines]) out.push(`  <!-- ${text(line)} -->`);
  if (model.springs.nodes.length > 0) out.push('  <!-- Beddings and sliding supports are not in this file. -->');
  out.push(
    '  <Module type="solid"/>',
    '  <Control>',
    '    <analysis>STATIC</analysis>',
    '    <time_steps>1</time_steps>',
  );
  out.push('    <step_size>1</step_size>', '    <solver type="solid"/>', '  </Control>', '  <Material>');
  groups.forEach(({ set, youngMPa, poisson }, i) => {
    out.push(`    <material id="${i + 1}" name="${set}" type="isotropic elastic">`);
    out.push(`      <E>${num(youngMPa)}</E>`, `      <v>${num(poisson)}</v>`, '    </material>');
  });
  out.push('  </Material>', '  <Mesh>', '    <Nodes name="part">');
  for (let i = 0; i < p.length / 3; i++)
    out.push(`      <node id="${i + 1}">${num(p[3 * i])},${num(p[3 * i + 1])},${num(p[3 * i + 2])}</node>`);
  out.push('    </Nodes>');
  for (const { set, elements } of groups) {
    out.push(`    <Elements type="${mesh.order === 2 ? 'tet10' : 'tet4'}" name="${set}">`);
    for (const e of elements)
      out.push(
        `      <elem id="${e + 1}">${Array.from(mesh.tets.subarray(per * e, per * e + per), (v) => v + 1)}</elem>`,
      );
    out.push('    </Elements>');
  }
  for (const [region, { faces }] of Object.entries(model.regions))
    out.push(
      `    <NodeSet name="${setName(region)}">${Array.from(nodesOfFaces(boundary, faces), (v) => v + 1)}</NodeSet>`,
    );
  const forces = model.forcesN[0];
  const loaded: number[] = [];
  for (let i = 0; i < forces.length; i += 3) if (forces[i] || forces[i + 1] || forces[i + 2]) loaded.push(i / 3);
  out.push(`    <NodeSet name="LOADED">${loaded.map((v) => v + 1)}</NodeSet>`, '  </Mesh>');
  out.push('  <MeshDomains>');
  for (const { set } of groups) out.push(`    <SolidDomain name="${set}" mat="${set}"/>`);
  out.push('  </MeshDomains>');
  out.push('  <MeshData>', '    <NodeData name="force" node_set="LOADED" data_type="vec3">');
  loaded.forEach((v, k) => {
    out.push(`      <node lid="${k + 1}">${[0, 1, 2].map((i) => num(forces[3 * v + i])).join(',')}</node>`);
  });
  out.push('    </NodeData>', '  </MeshData>', '  <Boundary>');
  for (const s of study.supports)
    if (s.kind === 'fixed')
      out.push(
        `    <bc name="${setName(s.region)}" node_set="${setName(s.region)}" type="zero displacement">`,
        '      <x_dof>1</x_dof>',
        '      <y_dof>1</y_dof>',
        '      <z_dof>1</z_dof>',
        '    </bc>',
      );
  out.push('  </Boundary>', '  <Loads>');
  out.push(`    <nodal_load name="${text(study.loadCases[0].name)}" node_set="LOADED" type="nodal_force">`);
  out.push('      <value lc="1" type="map">force</value>', '    </nodal_load>', '  </Loads>');
  out.push('  <LoadData>', '    <load_controller id="1" type="loadcurve">', '      <points>');
  out.push(
    '        <pt>0,0</pt>',
    '        <pt>1,1</pt>',
    '      </points>',
    '    </load_controller>',
    '  </LoadData>',
  );
  out.push('</febio_spec>');
  return `${out.join('\n')}\n`;
}
