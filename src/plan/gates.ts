import { ERROR_CODES, type ErrorCode, type Finding, OsteonError, type Side } from '../base/index.ts';
import type { SeriesSummary } from '../dicom/index.ts';

/** Findings of a case in the order of its steps, with what a person has decided about them. */
export interface Gate {
  /** Takes findings in; those that block and are overridden come out as warnings with the reason in their text. */
  admit(findings: readonly Finding[]): Finding[];
  /** Ends the case where a finding blocks. @throws the finding's code, or case.blocked */
  pass(): void;
  readonly findings: readonly Finding[];
}

/** @param overrides finding code → why the case may go on */
export function createGate(overrides: Readonly<Record<string, string>> = {}): Gate {
  const findings: Finding[] = [];
  return {
    findings,
    admit(list) {
      const admitted = list.map((f): Finding => {
        if (f.level !== 'blocker' || !Object.hasOwn(overrides, f.code)) return f;
        return { ...f, level: 'warning', text: `${f.text} (overridden: ${overrides[f.code]})` };
      });
      findings.push(...admitted);
      return admitted;
    },
    pass() {
      const worst = findings.find((f) => f.level === 'blocker');
      if (worst) throw refusal(worst);
    },
  };
}

/** A blocking finding as the one error the case ends with. */
function refusal({ code, text, facts = {}, hint = '' }: Finding): OsteonError {
  const how = `${hint ? `${hint}. ` : ''}To go on all the same, give a reason in the case: overrides: { ${code}: … }`;
  if (Object.hasOwn(ERROR_CODES, code)) return new OsteonError(code as ErrorCode, { finding: text, ...facts }, how);
  return new OsteonError('case.blocked', { code, finding: text, ...facts }, how);
}

/** Every finding once: steps may repeat what an earlier one said. */
export function distinctFindings(findings: readonly Finding[]): Finding[] {
  const seen = new Map(findings.map((f) => [`${f.level} ${f.code} ${f.text}`, f]));
  return [...seen.values()];
}

/** The header may name one side; then it must be the affected one, and what is on both sides cannot be in it. */
export function sideFindings(
  { laterality }: SeriesSummary,
  affected: Side,
  needed = 'both feet are needed',
): Finding[] {
  if (laterality !== 'left' && laterality !== 'right') return [];
  const contradicts = laterality !== affected;
  return [
    {
      level: contradicts ? 'blocker' : 'warning',
      code: contradicts ? 'case.side' : 'case.side-stated',
      text: contradicts
        ? `The scan says it is of the ${laterality} side; the case treats the ${affected} one`
        : `The scan says it is of the ${laterality} side only; ${needed}`,
      hint: contradicts ? 'Check affectedSide, and whose scan this is' : '',
    },
  ];
}

/** How much lower than the affected ankle the healthy one may seem before the sides look swapped, mm. */
const SWAPPED_MM = 1;
/** … and by how much larger the affected talus may be. A collapse takes volume away; people's sides differ by about 3 %. */
const SWAPPED_VOLUME = 1;

/** Does the side the case calls affected look like it? A collapsed talus is the lower and the smaller one. */
export function collapseFindings(affected: Side, heightMm: number, affectedMm3: number, healthyMm3: number): Finding[] {
  const ratio = affectedMm3 / healthyMm3;
  if (heightMm > -SWAPPED_MM || ratio < SWAPPED_VOLUME) return [];
  return [
    {
      level: 'blocker',
      code: 'case.side',
      text: `The ${affected} talus is higher and larger than the other one: the sides look swapped`,
      facts: { jointHeightMm: heightMm, volumeRatio: ratio },
      hint: 'Check affectedSide',
    },
  ];
}
