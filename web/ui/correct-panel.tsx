import { Button, NumberInput, SegmentedControl, Select, Slider, Switch } from '@mantine/core';
import { useEffect, useState } from 'react';
import type { Vec3 } from '../../src/base/index.ts';
import { add, scale } from '../../src/math/index.ts';
import { type EditBone, PRESETS } from '../../src/segment/index.ts';
import { cornersOf } from '../engine/planes.ts';
import { labelOfName } from '../state/bodies.ts';
import { isPelvic, namesOf } from '../state/pelvis.ts';
import { show, type ToolName, useView } from '../state/view.ts';
import { Act, Section } from './act.tsx';
import { useWorkspace } from './desk.tsx';
import { HistogramView } from './histogram.tsx';
import { PointHelp } from './point-help.tsx';
import { choices, take } from './tools.ts';

/** Names that the case at hand has for bones. */
const useNames = (): readonly string[] => namesOf(useView((v) => v.decisions?.document ?? '')).ids;

/** What belongs to a bone and what does not. Every act is a decision in the case; labels follow from them. */
export function CorrectPanel() {
  const ws = useWorkspace();
  const selected = useView((v) => v.selected);
  const tool = useView((v) => v.tool);
  const brush = useView((v) => v.brush);
  const range = useView((v) => v.range);
  const showRange = useView((v) => v.showRange);
  const id = useView((v) => v.caseRow?.id ?? '');
  const edits = useView((v) => v.decisions?.edits.length ?? 0);
  const [into, setInto] = useState<string | null>(null);
  const [remove, setRemove] = useState<'inside' | 'outside'>('inside');
  const [least, setLeast] = useState<number | string>(100);
  const pelvic = useView((v) => isPelvic(v.decisions?.document ?? ''));
  const names = useNames();
  const bones = names.map((id) => ({ value: id, label: labelOfName(id) }));
  const bone = selected !== null && names.includes(selected) ? (selected as EditBone) : null;

  useEffect(() => {
    ws.engine.setRange(showRange ? range : null);
    return () => ws.engine.setRange(null);
  }, [ws, range, showRange]);
  useEffect(() => {
    choices.splitInto = into as EditBone | null;
    choices.scissorsRemove = remove;
  }, [into, remove]);

  const pick = (name: ToolName) => () => take(ws, tool === name ? 'look' : name);
  const command = (edit: unknown) => `osteon change ${id} --edit '${JSON.stringify(edit)}'`;
  const box = (): [Vec3, Vec3] => {
    const c = cornersOf(ws.engine.scan!.grid);
    const lo = [0, 1, 2].map((k) => Math.min(...c.map((p) => p[k]))) as unknown as Vec3;
    const hi = [0, 1, 2].map((k) => Math.max(...c.map((p) => p[k]))) as unknown as Vec3;
    return [lo, hi];
  };
  /** Around the cross-hair, as far as a bone reaches. */
  const nearBox = (): [Vec3, Vec3] => {
    const r: Vec3 = [NEAR_MM, NEAR_MM, NEAR_MM];
    return [add(ws.engine.cross, scale(r, -1)), add(ws.engine.cross, r)];
  };
  const threshold = (mode: 'add' | 'trim') => {
    if (!bone) return;
    const edit = {
      op: 'threshold',
      bone,
      mode,
      lowHu: range[0],
      highHu: range[1],
      box: mode === 'trim' ? box() : nearBox(),
    } as const;
    ws.addEdit(edit, `${mode === 'trim' ? 'Trim' : 'Threshold'} ${labelOfName(bone)}`);
  };
  const off = bone === null;
  return (
    <>
      <Section title="Bone in hand">
        <Select
          aria-label="Bone in hand"
          searchable
          size="xs"
          data={bones}
          value={bone}
          placeholder="Choose a bone"
          onChange={(v) => {
            if (!v) return;
            ws.setVisible(v, true);
            ws.select(v);
          }}
        />
        <Select
          size="xs"
          label="Rename to"
          searchable
          disabled={off}
          data={bones}
          value={null}
          placeholder={bone ? labelOfName(bone) : ''}
          onChange={(to) => {
            if (bone && to) {
              ws.addEdit(
                { op: 'rename', from: bone, to: to as EditBone },
                `Rename ${labelOfName(bone)} to ${labelOfName(to)}`,
              );
              ws.select(to);
            }
          }}
        />
      </Section>
      <Section title="Brush">
        <div className="grid2">
          <Act
            keys="B"
            disabled={off}
            pressed={tool === 'paint'}
            command={command({ op: 'include', bone, strokes: [{ points: [], radiusMm: brush.radiusMm }] })}
            onClick={pick('paint')}
          >
            Paint
          </Act>
          <Act
            keys="E"
            disabled={off}
            pressed={tool === 'erase'}
            command={command({ op: 'exclude', bone, strokes: [{ points: [], radiusMm: brush.radiusMm }] })}
            onClick={pick('erase')}
          >
            Erase
          </Act>
        </div>
        <Slider
          size="xs"
          min={0.5}
          max={20}
          step={0.5}
          value={brush.radiusMm}
          label={(v) => `${v} mm`}
          thumbLabel="Radius of the brush, mm"
          onChange={(radiusMm) => show({ brush: { ...brush, radiusMm } })}
        />
        <Switch
          size="xs"
          label="Only within the range of HU"
          checked={brush.masked}
          onChange={(e) => show({ brush: { ...brush, masked: e.currentTarget.checked } })}
        />
        <Switch
          size="xs"
          label="May take from other bones"
          checked={brush.overBones}
          onChange={(e) => show({ brush: { ...brush, overBones: e.currentTarget.checked } })}
        />
      </Section>
      <Section title="Range of grey values">
        <HistogramView />
        <Select
          size="xs"
          aria-label="Preset"
          data={PRESETS.map((p) => ({
            value: p.name,
            label: `${p.name.replaceAll('-', ' ')}, ${p.lowHu} to ${p.highHu}`,
          }))}
          value={PRESETS.find((p) => p.lowHu === range[0] && p.highHu === range[1])?.name ?? null}
          placeholder="Own range"
          onChange={(name) => {
            const p = PRESETS.find((x) => x.name === name);
            if (p) show({ range: [p.lowHu, p.highHu], showRange: true });
          }}
        />
        <div className="grid2">
          <NumberInput
            size="xs"
            label="From, HU"
            value={range[0]}
            max={range[1]}
            onChange={(v) => typeof v === 'number' && show({ range: [v, range[1]], showRange: true })}
          />
          <NumberInput
            size="xs"
            label="To, HU"
            value={range[1]}
            min={range[0]}
            onChange={(v) => typeof v === 'number' && show({ range: [range[0], v], showRange: true })}
          />
        </div>
        <Switch
          size="xs"
          label="Show on the slices"
          checked={showRange}
          onChange={(e) => show({ showRange: e.currentTarget.checked })}
        />
        <div className="grid2">
          <Act
            disabled={off}
            tip={`Free voxels of the range within ${NEAR_MM} mm of the cross-hair join the bone`}
            command={command({ op: 'threshold', bone, mode: 'add', lowHu: range[0], highHu: range[1] })}
            onClick={() => threshold('add')}
          >
            Add
          </Act>
          <Act
            disabled={off}
            tip="What lies outside the range leaves the bone"
            command={command({ op: 'threshold', bone, mode: 'trim', lowHu: range[0], highHu: range[1] })}
            onClick={() => threshold('trim')}
          >
            Trim
          </Act>
        </div>
      </Section>
      <Section title="Tools">
        <Act
          keys="G"
          disabled={off}
          pressed={tool === 'grow'}
          command={command({ op: 'grow', bone, lowHu: range[0], highHu: range[1], limitMm: 60 })}
          onClick={pick('grow')}
        >
          Region grow
        </Act>
        <Act
          keys="S"
          disabled={off}
          pressed={tool === 'split'}
          command={command({ op: 'split', bone, into })}
          onClick={pick('split')}
        >
          Split by two seeds
        </Act>
        {tool === 'split' && (
          <Select
            size="xs"
            aria-label="Name of what is split off"
            clearable
            searchable
            placeholder="What is split off goes"
            data={bones}
            value={into}
            onChange={setInto}
          />
        )}
        <Act
          keys="X"
          disabled={off}
          pressed={tool === 'scissors'}
          command={command({ op: 'scissors', bone, remove })}
          onClick={pick('scissors')}
        >
          Scissors
        </Act>
        {tool === 'scissors' && (
          <SegmentedControl
            size="xs"
            data={[
              { value: 'inside', label: 'Take away inside' },
              { value: 'outside', label: 'Keep inside' },
            ]}
            value={remove}
            onChange={(v) => setRemove(v as 'inside' | 'outside')}
          />
        )}
        <Act
          disabled={off}
          pressed={tool === 'between'}
          command={command({ op: 'between', bone })}
          onClick={pick('between')}
        >
          Fill between slices
        </Act>
        <Act
          disabled={off}
          command={command({ op: 'islands', bone })}
          tip="Only the largest piece stays"
          onClick={() => bone && ws.addEdit({ op: 'islands', bone }, `Keep the largest piece of ${labelOfName(bone)}`)}
        >
          Largest piece
        </Act>
        <div style={{ display: 'flex', gap: 6 }}>
          <NumberInput
            size="xs"
            aria-label="Smallest piece that stays, mm³"
            suffix=" mm³"
            value={least}
            onChange={setLeast}
            w={92}
          />
          <Act
            disabled={off}
            command={command({ op: 'islands', bone, leastMm3: Number(least) })}
            onClick={() =>
              bone &&
              ws.addEdit({ op: 'islands', bone, leastMm3: Number(least) }, `Drop small pieces of ${labelOfName(bone)}`)
            }
          >
            Drop smaller pieces
          </Act>
        </div>
        <MergeRow />
      </Section>
      <Section title="Edits">
        <div style={{ display: 'flex', justifyContent: 'space-between', alignItems: 'center' }}>
          <span className="dim">{edits} in this case</span>
          <Button
            size="compact-xs"
            disabled={edits === 0}
            onClick={() => ws.commit({ edits: [] }, 'Take back all edits', { verb: 'edit', edit: null })}
          >
            Take back all
          </Button>
        </div>
      </Section>
      {pelvic && <PointHelp />}
    </>
  );
}
/** Half the side of the box in which a threshold adds, mm. */
const NEAR_MM = 45;

function MergeRow() {
  const ws = useWorkspace();
  const selected = useView((v) => v.selected);
  const bodies = useView((v) => v.bodies);
  const names = useNames();
  const bone = selected !== null && names.includes(selected) ? (selected as EditBone) : null;
  return (
    <Select
      size="xs"
      label="Merge into"
      disabled={!bone}
      value={null}
      placeholder="another bone"
      data={bodies
        .filter((b) => b.kind === 'bone' && b.id !== bone && names.includes(b.id))
        .map((b) => ({ value: b.id, label: b.label }))}
      onChange={(to) => {
        if (!bone || !to) return;
        ws.addEdit(
          { op: 'merge', from: bone, into: to as EditBone },
          `Merge ${labelOfName(bone)} into ${labelOfName(to)}`,
        );
        ws.select(to);
      }}
    />
  );
}
