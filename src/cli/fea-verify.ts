import { type Finding, unpack } from '../base/index.ts';
import { CLOSED_FORMS, type KnownValue } from '../fea/index.ts';
import { columns, num } from './format.ts';
import { judged } from './judged.ts';
import { feaClosedForm } from './steps/closed-forms.ts';
import { verb } from './verb.ts';

interface Row extends KnownValue {
  /** |value − reference| / |reference|. */
  readonly error: number;
  readonly pass: boolean;
}

export const feaVerifyVerb = verb({
  name: 'fea verify',
  summary: 'qualify the stress solver: problems with known answers, against stated limits',
  args: [],
  params: {},
  example: 'osteon fea verify --json',
  async run({ session }) {
    const graph = session.graph();
    session.expect(CLOSED_FORMS.length);
    const solved = await Promise.all(
      CLOSED_FORMS.map(async (_, problem) => {
        const made = await graph.step(feaClosedForm, {}, { problem });
        return unpack<{ rows: readonly KnownValue[] }>(await made.load()).rows;
      }),
    );
    const rows = solved.flat().map((r): Row => {
      const error = Math.abs(r.value - r.reference) / Math.max(Math.abs(r.reference), Number.MIN_VALUE);
      return { ...r, error, pass: error <= r.limit };
    });
    return judged(rows, table(rows), finding);
  },
});

function table(rows: readonly Row[]): string {
  const digits = (v: number) => String(Number(v.toPrecision(6)));
  return columns(
    [
      ['problem', 'what', 'computed', 'known', 'error %', 'limit %', ''],
      ...rows.map((r) => [
        r.problem,
        r.unit ? `${r.quantity}, ${r.unit}` : r.quantity,
        digits(r.value),
        digits(r.reference),
        num(100 * r.error, 3),
        num(100 * r.limit, 1),
        r.pass ? 'pass' : 'FAIL',
      ]),
    ],
    2,
  );
}

const finding = (r: Row): Finding => ({
  level: 'blocker',
  code: 'verify.limit',
  text: `${r.problem}: ${r.quantity} is over its limit`,
  facts: { computed: r.value, known: r.reference, error: r.error, limit: r.limit },
  hint: 'Do not use this installation for studies until the cause is known',
});
