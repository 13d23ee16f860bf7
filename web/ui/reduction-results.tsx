import { centreOf } from '../engine/body.ts';
import { labelOfName } from '../state/bodies.ts';
import { Fact, Section } from './act.tsx';
import { useWorkspace } from './desk.tsx';

interface Gaps {
  readonly gapMm: number;
  readonly stepMm: number;
  readonly overlapMm3: number;
}
/** What an acetabular plan says in numbers, as far as it is shown here. */
export interface ReducedPlan {
  readonly reduction?: {
    readonly fragments: readonly {
      readonly name: string;
      readonly shiftMm: number;
      readonly turnDeg: number;
      readonly by: string;
      readonly rmsMm?: number;
    }[];
  };
  readonly gaps?: { readonly before: Gaps; readonly after: Gaps };
  readonly plate?: { readonly massG: number; readonly wallMm: number };
}

/** The reduction of the last run: how far each fragment went, and what the joint was and is. */
export function ReductionResults({
  plan: { reduction, gaps, plate },
  old,
}: {
  plan: ReducedPlan;
  old: React.ReactNode;
}) {
  const ws = useWorkspace();
  if (!reduction || !gaps) return null;
  const change = (key: keyof Gaps, digits: number) =>
    `${gaps.before[key].toFixed(digits)} → ${gaps.after[key].toFixed(digits)}`;
  return (
    <Section title="Reduction" right={old}>
      {reduction.fragments.map(({ name, shiftMm, turnDeg, by, rmsMm }) => (
        <button
          type="button"
          key={name}
          style={{ all: 'unset', cursor: 'pointer', display: 'block', width: '100%' }}
          aria-label={`Go to ${labelOfName(name)}`}
          onClick={() => {
            const body = ws.engine.bodies.get(name);
            if (body) ws.engine.jumpTo(centreOf(body));
          }}
        >
          <Fact
            name={labelOfName(name)}
            value={by === 'intact' ? 'intact' : `${shiftMm.toFixed(1)} mm, ${turnDeg.toFixed(1)}°`}
          />
          {by !== 'intact' && rmsMm !== undefined && (
            <Fact
              name={`  to the mirrored side${by === 'held' ? ', by hand' : ''}`}
              value={rmsMm.toFixed(2)}
              unit="mm RMS"
            />
          )}
        </button>
      ))}
      <Fact name="Gap of the joint" value={change('gapMm', 1)} unit="mm" />
      <Fact name="Step-off" value={change('stepMm', 1)} unit="mm" />
      <Fact name="Room shared by fragments" value={gaps.after.overlapMm3.toFixed(0)} unit="mm³" />
      {plate && (
        <Fact name="Plate" value={`${plate.massG.toFixed(1)} g, thinnest wall ${plate.wallMm.toFixed(1)} mm`} />
      )}
    </Section>
  );
}
