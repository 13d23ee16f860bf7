import { OsteonError, type Vec3 } from '../../base/index.ts';
import {
  BONEMAT_LAW,
  type BoneLaw,
  compression,
  fourPointBending,
  type Inclusion,
  LIMITS_DEFAULTS,
  type Limits,
  type Load,
  type LoadCase,
  MATERIAL_NAMES,
  MATERIALS_DATA,
  type Material,
  type MaterialName,
  type Region,
  type Setup,
  type Spread,
  type Study,
  type StudyMaterial,
  type Support,
  TALUS_SETUP_DEFAULTS,
  talusSetup,
  unreadValues,
} from '../../fea/index.ts';
import { choice, fields, list, number, pointMm, type Reader, record, refuseValue, text } from '../case/check.ts';
import { type Node, readYaml } from '../case/yaml.ts';

/** A study as a person writes it: paths are relative to its file. */
export interface StudyDocument {
  readonly osteon: number;
  /** STL, 3MF, PLY or OBJ of one closed solid. */
  readonly solid: string;
  readonly study: Study;
  /** Other surfaces that regions name: bones, patches. */
  readonly surfaces: Readonly<Record<string, string>>;
  /** NRRD or NIfTI of Hounsfield units, for stiffness from grey values. */
  readonly ct?: string;
  readonly mesh: { readonly elementMm?: number; readonly nodes?: number };
  readonly limits: Limits;
}

interface StudyFile {
  readonly osteon: number;
  readonly solid: string;
  readonly material?: StudyMaterial;
  readonly bone?: { readonly ct: string; readonly law?: Partial<BoneLaw> };
  readonly inclusions?: readonly Inclusion[];
  readonly surfaces?: Readonly<Record<string, string>>;
  readonly mesh?: { readonly elementMm?: number; readonly nodes?: number };
  readonly setup?: Setup;
  readonly regions?: Readonly<Record<string, Region>>;
  readonly supports?: readonly Support[];
  readonly loadCases?: readonly LoadCase[];
  readonly limits?: {
    readonly yieldFactor?: number;
    readonly fatigueFactor?: number;
    readonly meshErrorPercent?: number;
  };
}

export const STUDY_SCHEMA = 1;

/**
 * A study file, checked to the last key. Regions, supports and load cases of a set-up come first; the file's own are added.
 * @throws case.syntax, case.unknown-key, case.value, case.newer
 */
export function parseStudy(source: string): StudyDocument {
  const node = readYaml(source);
  const file = fields<StudyFile>(READERS, ['osteon', 'solid'])(node, '');
  if (file.osteon > STUDY_SCHEMA)
    throw new OsteonError('case.newer', { schema: file.osteon, newest: STUDY_SCHEMA }, 'Update the program');
  const { setup, regions = {}, supports = [], loadCases = [], limits = {} } = file;
  if (file.mesh?.elementMm !== undefined && file.mesh.nodes !== undefined)
    throw new OsteonError('case.value', { key: 'mesh' }, 'Give elementMm or nodes, not both');
  if ((file.material === undefined) === (file.bone === undefined))
    throw new OsteonError(
      'case.value',
      { key: 'material', line: node.line, value: 'missing' },
      'Give material, or bone',
    );
  const law: BoneLaw = { ...BONEMAT_LAW, ...file.bone?.law };
  return {
    osteon: file.osteon,
    solid: file.solid,
    ...(file.bone && { ct: file.bone.ct }),
    study: {
      material: file.material ?? boneMaterial(law),
      ...(file.bone && { bone: law }),
      ...(file.inclusions && { inclusions: file.inclusions }),
      regions: { ...setup?.regions, ...regions },
      supports: [...(setup?.supports ?? []), ...supports],
      loadCases: [...(setup?.loadCases ?? []), ...loadCases],
    },
    surfaces: file.surfaces ?? {},
    mesh: file.mesh ?? {},
    limits: {
      yieldFactor: limits.yieldFactor ?? LIMITS_DEFAULTS.yieldFactor,
      fatigueFactor: limits.fatigueFactor ?? LIMITS_DEFAULTS.fatigueFactor,
      stressError: limits.meshErrorPercent === undefined ? LIMITS_DEFAULTS.stressError : limits.meshErrorPercent / 100,
    },
  };
}

/** Stands for bone where the mesh needs one number; its strength depends on density and is not judged. */
const boneMaterial = ({ poisson, source }: BoneLaw): StudyMaterial => ({
  name: `bone from grey values (${source})`,
  youngMPa: 17_000,
  poisson,
  yieldMPa: null,
  fatigueMPa: null,
  unread: [],
});

/** What the computation takes from a material of the table. */
export function studyMaterial(name: MaterialName): StudyMaterial {
  const m: Material = MATERIALS_DATA[name];
  return {
    name: m.name,
    youngMPa: m.youngMPa.value,
    poisson: m.poisson.value,
    yieldMPa: m.yieldMPa?.value ?? null,
    fatigueMPa: m.fatigueMPa?.value ?? null,
    unread: unreadValues(m),
  };
}

const path = text('a path', /^[^\s].*$/);
const name = text('a name', /^[^\s].*$/, 80);
const anyName = (key: string): string | undefined =>
  /^[A-Za-z0-9][\w .-]{0,59}$/.test(key) ? undefined : 'A name has letters, digits, spaces, dots or dashes, 60 at most';
const vector =
  (unit: string): Reader<Vec3> =>
  (node, key) =>
    list(number(-1e6, 1e6, unit), 3, 3, `three numbers [x, y, z] (${unit}, patient LPS)`)(node, key) as unknown as Vec3;
const direction: Reader<Vec3> = (node, key) => {
  const v = list(number(-1e3, 1e3, ''), 3, 3, 'three numbers [x, y, z]')(node, key) as unknown as Vec3;
  if (v.every((x) => x === 0)) throw refuseValue(node, key, 'a direction that is not zero');
  return v;
};
const near = { surface: name, withinMm: number(0, 100, 'mm') };

const region: Reader<Region> = (node, key) => {
  const r = fields<Region>(
    {
      box: fields<NonNullable<Region['box']>>({ lo: pointMm, hi: pointMm }, ['lo', 'hi']),
      sphere: fields<NonNullable<Region['sphere']>>({ at: pointMm, radiusMm: number(0, 1e4, 'mm') }, [
        'at',
        'radiusMm',
      ]),
      plane: fields<NonNullable<Region['plane']>>({ at: pointMm, normal: direction }, ['at', 'normal']),
      slab: fields<NonNullable<Region['slab']>>({ at: pointMm, normal: direction, halfMm: number(0, 1e4, 'mm') }, [
        'at',
        'normal',
        'halfMm',
      ]),
      normal: fields<NonNullable<Region['normal']>>({ direction, withinDeg: number(0, 180, '°') }, [
        'direction',
        'withinDeg',
      ]),
      facing: fields<NonNullable<Region['facing']>>(near, ['surface', 'withinMm']),
      patch: fields<NonNullable<Region['patch']>>(near, ['surface', 'withinMm']),
    },
    [],
  )(node, key);
  if (Object.keys(r).length === 0) throw refuseValue(node, key, 'at least one condition');
  return r;
};

const spread = choice<Spread>('even', 'gap');
const stiffness = number(1e-6, 1e9, 'N/mm³');
const support: Reader<Support> = (node, key) => {
  const s = fields<{ region: string; kind: 'fixed' | 'sliding' | 'bedding'; nPerMm3?: number; spread?: Spread }>(
    { region: name, kind: choice('fixed', 'sliding', 'bedding'), nPerMm3: stiffness, spread },
    ['region', 'kind'],
  )(node, key);
  if ((s.kind === 'bedding') !== (s.nPerMm3 !== undefined) && s.kind !== 'sliding')
    throw refuseValue(node, key, 'nPerMm3 with kind bedding, and only there or with sliding');
  return s as Support;
};

const load: Reader<Load> = (node, key) => {
  const l = fields<{
    region: string;
    forceN?: Vec3;
    momentNmm?: Vec3;
    pressureMPa?: number;
    spread?: Spread;
    through?: Vec3;
  }>(
    {
      region: name,
      forceN: vector('N'),
      momentNmm: vector('N·mm'),
      pressureMPa: number(-1e5, 1e5, 'MPa'),
      spread,
      through: pointMm,
    },
    ['region'],
  )(node, key);
  if ([l.forceN, l.momentNmm, l.pressureMPa].filter((x) => x !== undefined).length !== 1)
    throw refuseValue(node, key, 'either forceN, momentNmm or pressureMPa');
  if (l.through && (!l.forceN || l.spread === 'gap'))
    throw refuseValue(node, key, 'through with forceN that is spread evenly');
  return l as Load;
};

const loadCase = fields<LoadCase>(
  { name, source: text('where the load comes from', /^.+$/, 300), loads: list(load, 1, 50, 'a list of loads') },
  ['name', 'source', 'loads'],
);

const material: Reader<StudyMaterial> = (node, key) => {
  if (typeof node.value === 'string') return studyMaterial(choice<MaterialName>(...MATERIAL_NAMES)(node, key));
  const own = fields<{ name: string; youngMPa: number; poisson: number; yieldMPa?: number; fatigueMPa?: number }>(
    {
      name,
      youngMPa: number(-1e7, 1e7, 'MPa'),
      poisson: number(-1, 0.5, ''),
      yieldMPa: number(0, 1e5, 'MPa'),
      fatigueMPa: number(0, 1e5, 'MPa'),
    },
    ['name', 'youngMPa', 'poisson'],
  )(node, key);
  return { ...own, yieldMPa: own.yieldMPa ?? null, fatigueMPa: own.fatigueMPa ?? null, unread: [] };
};

const mm = number(0.01, 1e4, 'mm');
const newton = number(0.001, 1e6, 'N');

/** One named set-up. */
const setup: Reader<Setup> = (node, key) => {
  const s = fields<{ fourPointBending?: Setup; compression?: Setup; talus?: Setup }>(
    {
      fourPointBending: (n: Node, k: string) =>
        fourPointBending({
          nPerMm3: 500,
          ...fields<Omit<Parameters<typeof fourPointBending>[0], 'nPerMm3'>>(
            {
              centre: pointMm,
              along: direction,
              up: direction,
              supportSpanMm: mm,
              loadSpanMm: mm,
              forceN: newton,
              rollerMm: mm,
            },
            ['centre', 'along', 'up', 'supportSpanMm', 'loadSpanMm', 'forceN', 'rollerMm'],
          )(n, k),
        }),
      compression: (n: Node, k: string) =>
        compression(
          fields<Parameters<typeof compression>[0]>(
            { up: direction, forceN: newton, withinDeg: number(1, 89, '°'), nPerMm3: stiffness },
            ['up', 'forceN', 'withinDeg', 'nPerMm3'],
          )(n, k),
        ),
      talus: (n: Node, k: string) => {
        const t = fields<{
          superior: Vec3;
          anterior: Vec3;
          bodyMassKg: number;
          contactMm?: number;
          nPerMm3?: number;
        }>(
          {
            superior: direction,
            anterior: direction,
            bodyMassKg: number(20, 300, 'kg'),
            contactMm: mm,
            nPerMm3: stiffness,
          },
          ['superior', 'anterior', 'bodyMassKg'],
        )(n, k);
        return talusSetup(t, { ...TALUS_SETUP_DEFAULTS, ...t });
      },
    },
    [],
  )(node, key);
  const [only, ...more] = Object.values(s);
  if (!only || more.length) throw refuseValue(node, key, 'one of fourPointBending, compression, talus');
  return only;
};

const READERS: { readonly [K in keyof StudyFile]-?: Reader<Exclude<StudyFile[K], undefined>> } = {
  osteon: number(1, 1e6, ''),
  solid: path,
  material,
  bone: fields<NonNullable<StudyFile['bone']>>(
    {
      ct: path,
      law: fields<Partial<BoneLaw>>(
        {
          densityOffset: number(-10, 10, 'g/cm³'),
          densityPerHu: number(0, 1, 'g/cm³'),
          youngGPa: number(0.001, 1000, 'GPa'),
          exponent: number(0.1, 10, ''),
          leastMPa: number(0.01, 1e5, 'MPa'),
          poisson: number(0, 0.49, ''),
          source: text('where the law comes from', /^.+$/, 300),
        },
        [],
      ),
    },
    ['ct'],
  ),
  inclusions: list(
    fields<Inclusion>({ surface: name, material }, ['surface', 'material']),
    1,
    20,
    'a list of { surface, material }',
  ),
  surfaces: record(anyName, path),
  mesh: fields<NonNullable<StudyFile['mesh']>>({ elementMm: mm, nodes: number(1000, 2e6, '') }, []),
  setup,
  regions: record(anyName, region),
  supports: list(support, 1, 50, 'a list of supports'),
  loadCases: list(loadCase, 1, 50, 'a list of load cases'),
  limits: fields<NonNullable<StudyFile['limits']>>(
    { yieldFactor: number(0, 100, ''), fatigueFactor: number(0, 100, ''), meshErrorPercent: number(0.01, 1000, '%') },
    [],
  ),
};
