import { OsteonError } from '../base/index.ts';
import { type BoneNames, type Edits, FOOT_NAMES, PELVIC_NAMES, parseEdits } from '../segment/index.ts';
import type { Procedure } from './case/case.ts';
import { type Planned, parsePlanned } from './planned.ts';

/** What a person corrected, and what was placed beside the bones. */
export interface EditsFile extends Edits {
  readonly planned: Planned;
}

/** The bones that edits of a procedure may name. */
export const boneNamesOf = (procedure: Procedure): BoneNames =>
  procedure === 'acetabular-fracture' ? PELVIC_NAMES : FOOT_NAMES;

/** An edits file, checked to the last key. @throws segment.edit, param.unknown */
export function parseEditsFile(procedure: Procedure, json: unknown): EditsFile {
  const { edits } = parseEdits(json, boneNamesOf(procedure));
  const planned = parsePlanned((json as { planned?: unknown }).planned);
  if (procedure === 'acetabular-fracture' && planned.screws.length + planned.plates.length > 0)
    throw new OsteonError(
      'segment.edit',
      { where: 'planned', why: 'screws and plate stand in the case file of this procedure' },
      'screws: [{ entry: [x, y, z] }]',
    );
  return { edits, planned };
}

/** The edits alone: what stands beside the bones changes none of them. */
export const editsOf = (procedure: Procedure, json: unknown): Edits | undefined =>
  json === undefined ? undefined : { edits: parseEditsFile(procedure, json).edits };
