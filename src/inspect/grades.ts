/** Grades of a reduction from what is left of gap and step-off. Each says its thresholds and where they come from. */
export interface Grade {
  readonly name: string;
  readonly grade: string;
  readonly thresholds: string;
  readonly source: string;
}

/** Residual displacement, mm, as measured in the planes through the dome. */
export interface Residual {
  readonly gapMm: number;
  readonly stepMm: number;
}

const MATTA = {
  name: 'Matta',
  thresholds: 'greatest displacement: ≤ 1 mm anatomical, ≤ 3 mm imperfect, > 3 mm poor',
  source:
    'J. M. Matta, J. Bone Joint Surg. Am. 78 (1996) 1632: 0-1, 2-3 and > 3 mm, read on radiographs; here used on CT as by ' +
    'D. O. Verbeek et al., J. Bone Joint Surg. Am. 99 (2017) 1745, with the space between 1 and 2 mm counted as imperfect',
};
const CT = {
  name: 'CT',
  thresholds: 'adequate: gap < 5 mm and step < 1 mm; else inadequate',
  source:
    'D. O. Verbeek et al., Predictors for long-term hip survivorship following acetabular fracture surgery, ' +
    'J. Bone Joint Surg. Am. 100 (2018) 922: cut-off values 5 mm for gap and 1 mm for step',
};
const DOME = {
  name: 'dome displacement',
  thresholds: 'greatest displacement: ≤ 2 mm, > 2 to 4 mm, > 4 mm',
  source: 'Bone Joint J. 105-B (2023) 1020, fractures treated without surgery: survival of the hip falls above 2 mm',
};

/** Matta's grade by the larger of gap and step-off. */
export const mattaGrade = ({ gapMm, stepMm }: Residual): 'anatomical' | 'imperfect' | 'poor' => {
  const most = Math.max(gapMm, stepMm);
  return most <= 1 ? 'anatomical' : most <= 3 ? 'imperfect' : 'poor';
};

export const ctGrade = ({ gapMm, stepMm }: Residual): 'adequate' | 'inadequate' =>
  gapMm < 5 && stepMm < 1 ? 'adequate' : 'inadequate';

/** Every grade of one reduction. @requires both figures finite */
export function gradeReduction(r: Residual): Grade[] {
  const most = Math.max(r.gapMm, r.stepMm);
  return [
    { ...MATTA, grade: mattaGrade(r) },
    { ...CT, grade: ctGrade(r) },
    { ...DOME, grade: most <= 2 ? '≤ 2 mm' : most <= 4 ? '> 2 to 4 mm' : '> 4 mm' },
  ];
}
