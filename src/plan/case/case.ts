import { OsteonError } from '../../base/index.ts';
import { type AcetabulumDocument, type AcetabulumVocabulary, parseAcetabulum } from './acetabulum.ts';
import { choice, refuseValue } from './check.ts';
import { parseTalus, type TalusDocument, type TalusVocabulary } from './talus.ts';
import { type Node, readYaml } from './yaml.ts';

/**
 * What people decided. Everything else is a function of it. Holds no array, no identity, only decisions and paths.
 * One member for each procedure.
 */
export type CaseDocument = TalusDocument | AcetabulumDocument;
export type Procedure = CaseDocument['procedure'];
export const PROCEDURES = ['total-talus-replacement', 'acetabular-fracture'] as const satisfies readonly Procedure[];

/** What a case may name, by procedure. */
export interface CaseVocabulary {
  readonly 'total-talus-replacement': TalusVocabulary;
  readonly 'acetabular-fracture': AcetabulumVocabulary;
}

type Map1 = ReadonlyMap<string, Node>;
/** Append only. Entry k turns schema k + 1 into k + 2; an entry is never edited after its release. */
const MIGRATIONS: readonly ((old: Map1) => Map1)[] = [];
export const CASE_SCHEMA = MIGRATIONS.length + 1;

/** A case file as written, checked to the last key. @throws case.syntax, case.unknown-key, case.value, case.newer */
export function parseCase(source: string, vocabulary: CaseVocabulary): CaseDocument {
  const node = migrate(readYaml(source));
  return procedureOf(node) === 'acetabular-fracture'
    ? parseAcetabulum(node, vocabulary['acetabular-fracture'])
    : parseTalus(node, vocabulary['total-talus-replacement']);
}

/** Without one, or with a wrong one, the reader of the first procedure says so with the rest. */
function procedureOf({ value }: Node): Procedure {
  const said = (value as Map1).get('procedure');
  return said ? choice(...PROCEDURES)(said, 'procedure') : PROCEDURES[0];
}

function migrate(node: Node): Node {
  const { value } = node;
  if (!(value instanceof Map)) throw refuseValue(node, 'the case', 'a map of keys and values, one on each line');
  const schema = (value as Map1).get('osteon');
  if (!schema)
    throw new OsteonError('case.value', { key: 'osteon', line: 1, value: 'missing' }, 'Begin the case with osteon: 1');
  const n = schema.value;
  if (typeof n !== 'number' || !Number.isInteger(n) || n < 1)
    throw refuseValue(schema, 'osteon', `a whole number, ${CASE_SCHEMA}`);
  if (n > CASE_SCHEMA) throw new OsteonError('case.newer', { schema: n, newest: CASE_SCHEMA }, 'Update the program');
  return { line: node.line, value: MIGRATIONS.slice(n - 1).reduce((map, up) => up(map), value as Map1) };
}
