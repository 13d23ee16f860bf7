import { OsteonError } from '../base/index.ts';
import { FACE_CLASSES } from './faces.ts';
import type { InspectionPlan, PlannedRow } from './inspection-plan.ts';

const KINDS: readonly string[] = ['extent', 'section', 'volume', 'surface', 'roughness', 'composition', 'tensile'];
const MOST_ROWS = 5000;

/** A plan of inspection from parsed JSON, checked to the last field. @throws make.file */
export function parsePlan(value: unknown): InspectionPlan {
  const plan = objectOf(value, 'the plan');
  if (plan.schema !== 1) refuse('schema', 'a plan of inspection with schema 1 is wanted');
  const nominal = objectOf(plan.nominal, 'nominal');
  const file = textOf(nominal.file, 'nominal.file');
  if (!/^[^/\\]+$/.test(file)) refuse('nominal.file', 'a file beside the plan');
  const stock = objectOf(plan.stockMm, 'stockMm');
  const rows = Array.isArray(plan.rows) && plan.rows.length <= MOST_ROWS ? plan.rows : refuse('rows', 'a list');
  const ids = new Set<string>();
  return {
    schema: 1,
    part: textOf(plan.part, 'part'),
    process: textOf(plan.process, 'process'),
    material: textOf(plan.material, 'material'),
    nominal: { file, sha256: textOf(nominal.sha256, 'nominal.sha256') },
    stockMm: Object.fromEntries(
      FACE_CLASSES.map((name) => [name, numberOf(stock[name], `stockMm.${name}`)]),
    ) as InspectionPlan['stockMm'],
    rows: rows.map((row, i) => {
      const parsed = rowOf(row, `rows[${i}]`);
      if (ids.has(parsed.id)) refuse(`rows[${i}].id`, 'each id once');
      ids.add(parsed.id);
      return parsed;
    }),
    standard: textOf(plan.standard, 'standard'),
    notes: Array.isArray(plan.notes) ? plan.notes.map((n, i) => textOf(n, `notes[${i}]`)) : refuse('notes', 'a list'),
  };
}

function rowOf(value: unknown, at: string): PlannedRow {
  const row = objectOf(value, at);
  const kind = textOf(row.kind, `${at}.kind`);
  if (!KINDS.includes(kind)) refuse(`${at}.kind`, KINDS.join(' | '));
  const faces = row.faces;
  if (faces !== undefined && !(FACE_CLASSES as readonly unknown[]).includes(faces))
    refuse(`${at}.faces`, FACE_CLASSES.join(' | '));
  return {
    id: textOf(row.id, `${at}.id`),
    kind: kind as PlannedRow['kind'],
    name: textOf(row.name, `${at}.name`),
    unit: textOf(row.unit, `${at}.unit`),
    nominal: limitOf(row.nominal, `${at}.nominal`),
    low: limitOf(row.low, `${at}.low`),
    high: limitOf(row.high, `${at}.high`),
    method: textOf(row.method, `${at}.method`),
    ...(row.direction !== undefined && { direction: vectorOf(row.direction, `${at}.direction`) }),
    ...(row.point !== undefined && { point: vectorOf(row.point, `${at}.point`) }),
    ...(faces !== undefined && { faces: faces as NonNullable<PlannedRow['faces']> }),
  };
}

function refuse(key: string, wanted: string): never {
  throw new OsteonError(
    'make.file',
    { what: 'plan of inspection', key, wanted },
    'Use inspection.json as osteon make wrote it',
  );
}

function objectOf(value: unknown, key: string): Readonly<Record<string, unknown>> {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) refuse(key, 'an object');
  return value as Readonly<Record<string, unknown>>;
}

const textOf = (value: unknown, key: string): string =>
  typeof value === 'string' && value.length < 2000 ? value : refuse(key, 'text');

const numberOf = (value: unknown, key: string): number =>
  typeof value === 'number' && Number.isFinite(value) ? value : refuse(key, 'a number');

const limitOf = (value: unknown, key: string): number | null => (value === null ? null : numberOf(value, key));

function vectorOf(value: unknown, key: string): readonly [number, number, number] {
  if (!Array.isArray(value) || value.length !== 3) refuse(key, 'three numbers');
  const [x, y, z] = (value as unknown[]).map((v) => numberOf(v, key));
  return [x, y, z];
}
