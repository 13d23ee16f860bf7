import { ActionIcon, NumberInput, Select } from '@mantine/core';
import { useState } from 'react';
import { LPS_IDENTITY, type Vec3 } from '../../src/base/index.ts';
import { apply, applyLinear, invert, unit } from '../../src/math/index.ts';
import type { CutPlane } from '../../src/plan/index.ts';
import type { Edit, EditBone } from '../../src/segment/index.ts';
import { labelOfName } from '../state/bodies.ts';
import { namesOf } from '../state/pelvis.ts';
import { useView, view } from '../state/view.ts';
import { Act, Fact, Section } from './act.tsx';
import { useWorkspace } from './desk.tsx';
import { Icon } from './icons.tsx';
import { take } from './tools.ts';

/** Planes through bones: a plan for the saw, and the cut itself, by which the bone is two pieces or one shorter one. */
export function Cuts() {
  const ws = useWorkspace();
  const id = useView((v) => v.caseRow?.id ?? '');
  const tool = useView((v) => v.tool);
  const cuts = useView((v) => v.decisions?.planned.cuts);
  return (
    <Section title="Cut">
      <Act
        pressed={tool === 'cut'}
        command={`osteon change ${id} --planned '{"cuts":[]}'`}
        onClick={() => take(ws, tool === 'cut' ? 'look' : 'cut')}
      >
        Set a cut plane
      </Act>
      {cuts?.map((plane) => (
        <Cut key={plane.id} plane={plane} />
      ))}
    </Section>
  );
}

function Cut({ plane }: { readonly plane: CutPlane }) {
  const ws = useWorkspace();
  const caseId = useView((v) => v.caseRow?.id ?? '');
  const names = namesOf(useView((v) => v.decisions?.document ?? '')).ids;
  const fragments = useView((v) => v.fragments);
  const reduced = fragments === 'reduced';
  const [into, setInto] = useState<string | null>(null);
  const { id, bone, point, normal } = plane;
  const change = (cuts: readonly CutPlane[], message: string) => ws.setPlanned({ cuts }, message);
  const all = () => view().decisions!.planned.cuts;
  const turn = (n: Vec3) => {
    if (Math.hypot(...n) < 0.05) return;
    const turned = { ...plane, normal: unit(n) };
    change(
      all().map((x) => (x.id === id ? turned : x)),
      `Turn ${id}`,
    );
  };
  /** Where the scan shows the bone: labels are of the scan, wherever a hand has moved the bone. */
  const edit = (): Edit => {
    const back = fragments === 'scanned' ? LPS_IDENTITY : invert(ws.motionOf(bone));
    const made = { op: 'cut', bone: bone as EditBone, point: apply(back, point) } as const;
    return { ...made, normal: applyLinear(back, normal), ...(into && { into: into as EditBone }) };
  };
  return (
    <div>
      <div style={{ display: 'flex', gap: 4, alignItems: 'center' }}>
        <button
          type="button"
          style={{ all: 'unset', cursor: 'pointer', flex: 1 }}
          onClick={() => ws.engine.jumpTo(point)}
        >
          <Fact name={`${id}, ${labelOfName(bone)}`} value={normal.map((v) => v.toFixed(2)).join(' ')} />
        </button>
        <ActionIcon
          size="xs"
          aria-label={`Delete ${id}`}
          onClick={() =>
            change(
              all().filter((x) => x.id !== id),
              `Delete ${id}`,
            )
          }
        >
          <Icon name="trash" size={12} />
        </ActionIcon>
      </div>
      <div className="grid3">
        {(['L', 'P', 'S'] as const).map((axis, k) => (
          <NumberInput
            key={axis}
            size="xs"
            aria-label={`${id} normal ${axis}`}
            decimalScale={3}
            step={0.05}
            value={Math.round(1000 * normal[k]) / 1000}
            onChange={(v) => typeof v === 'number' && turn(normal.map((x, i) => (i === k ? v : x)) as unknown as Vec3)}
          />
        ))}
      </div>
      <Select
        size="xs"
        aria-label={`What lies beyond ${id}`}
        clearable
        searchable
        placeholder="What lies beyond goes"
        data={names.filter((name) => name !== bone).map((name) => ({ value: name, label: labelOfName(name) }))}
        value={into}
        onChange={setInto}
      />
      <Act
        disabled={reduced || !names.includes(bone)}
        {...(reduced && { tip: 'Show fragments as scanned first: bone is cut in the scan' })}
        command={`osteon change ${caseId} --edit '${JSON.stringify(edit())}'`}
        onClick={() =>
          ws.addEdit(edit(), `Cut ${labelOfName(bone)}${into ? `, what lies beyond is ${labelOfName(into)}` : ''}`)
        }
      >
        Cut {labelOfName(bone).toLowerCase()} here
      </Act>
    </div>
  );
}
