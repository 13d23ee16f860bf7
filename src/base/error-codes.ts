/** Every code a user can meet, in one table. `docs/errors.md` is made from it. Codes are never renamed once released. */
export const ERROR_CODES = {
  'job.aborted': 'the work was cancelled',
  'job.crashed': 'a worker stopped unexpectedly',
  'param.unknown': 'a parameter is not known',
  'param.range': 'a parameter is outside its range',
  'param.missing': 'a required parameter is missing',
  'pack.damaged': 'a stored value cannot be read back',

  'volume.size': 'the number of samples does not match the grid',
  'volume.empty': 'the region is empty',

  'mesh.empty': 'the mesh has no triangles',
  'mesh.index': 'a triangle names a vertex that does not exist',
  'mesh.not-finite': 'a vertex is not a finite number',
  'mesh.not-closed': 'the surface has open edges',
  'mesh.not-manifold': 'the surface is not manifold',
  'mesh.inside-out': 'faces of the surface do not point outward',
  'mesh.self-intersects': 'the surface cuts itself',
  'mesh.boolean-failed': 'the boolean operation has no valid result',

  'io.format': 'the file is not what its name says, or is damaged',
  'io.truncated': 'the file ends too early',
  'io.limit': 'the file goes over a safety limit',
  'io.unit': 'the unit of the file is not millimetre, or is not plausible',
  'io.not-found': 'the path does not exist',
  'io.unsupported': 'the format is not supported',

  'dicom.none': 'no DICOM image was found',
  'dicom.damaged': 'a DICOM file is damaged',
  'dicom.limit': 'a DICOM file goes over a safety limit',
  'dicom.syntax': 'the transfer syntax cannot be decoded',
  'dicom.two-patients': 'the files belong to more than one patient',
  'dicom.series-choice': 'several series could be meant',
  'dicom.series-unknown': 'the named series is not among the files',
  'dicom.geometry': 'the slices do not form a volume',
  'dicom.missing-slice': 'slices are missing',
  'dicom.duplicate-slice': 'two different slices lie at the same place',
  'dicom.modality': 'the modality does not fit the operation',
  'dicom.view': 'the field of view does not hold what is needed',
  'dicom.protocol': 'the scan does not meet the protocol',

  'segment.no-bone': 'no bone was found in the scan',
  'segment.bone-missing': 'a bone that is needed was not found',
  'segment.bone-cut': 'a bone that is needed whole is cut by the field of view',
  'segment.unsure': 'a bone was found but cannot be told with certainty',
  'segment.edit': 'an edit cannot be applied',
  'segment.thin-cortex': 'the cortex is too thin for the scan; its surface cannot be trusted',

  'register.few-points': 'there are too few points to align',
  'register.no-overlap': 'the surfaces do not overlap',
  'register.mirror': 'the transform is a mirror image where a motion is needed',

  'fea.element': 'an element of the volume mesh is flat or inside out',
  'fea.material': 'the material cannot be computed with',
  'fea.empty-region': 'a region of the study holds no part of the surface',
  'fea.no-load': 'a load case has no load',
  'fea.no-region': 'the study names a region it does not define',
  'fea.no-surface': 'the study names a surface it was not given',
  'fea.no-support': 'nothing keeps the body from moving',
  'fea.several-bodies': 'the surface bounds more than one body',
  'fea.too-fine': 'the volume mesh would be too large',
  'fea.too-thin': 'a part of the body is thinner than the elements can hold',

  'design.penetration': 'the implant enters a bone',
  'design.infeasible': 'no shape meets the constraints',

  'make.no-orientation': 'no orientation spares the articular faces',
  'make.too-large': 'the part does not fit into the machine',
  'make.file': 'a build or measurement file cannot be used',

  'case.syntax': 'the case file cannot be read',
  'case.unknown-key': 'the case file has a key that is not known',
  'case.value': 'the case file has a value that is not allowed',
  'case.side': 'the side of the case contradicts the scan',
  'case.blocked': 'a finding blocks the case',
  'case.newer': 'the case file was written by a newer version',

  'cli.usage': 'the command line is not understood',
  'out.exists': 'the output folder holds something else',
  'out.write': 'the output cannot be written',
} as const;

export type ErrorCode = keyof typeof ERROR_CODES;
