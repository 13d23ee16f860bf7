import { Button, NumberInput, SegmentedControl, Select, Switch } from '@mantine/core';
import { useEffect, useRef, useState } from 'react';
import { LPS_IDENTITY, type LpsTransform, type Vec3 } from '../../src/base/index.ts';
import { compose, invert } from '../../src/math/index.ts';
import { Gizmo, type GizmoMode } from '../edit/gizmo.ts';
import { centreOf } from '../engine/body.ts';
import { asProblem } from '../state/api.ts';
import { labelOfName, motionAbout, readMotion } from '../state/bodies.ts';
import { isPelvic } from '../state/pelvis.ts';
import { type BodyRow, complain, show, useView, view } from '../state/view.ts';
import { Act, Fact, Section } from './act.tsx';
import { useWorkspace } from './desk.tsx';
import { Readings } from './hand.tsx';
import { PlannedLists } from './planned-lists.tsx';
import { choices, take } from './tools.ts';

/** Whatever kind of procedure: bones and fragments move, parts and screws have ways of their own. */
const boneOf = (bodies: readonly BodyRow[], id: string | null): string | null =>
  bodies.find((b) => b.id === id && b.kind === 'bone')?.id ?? null;

const MIRROR = 'mirror of';

/** What a turn is about. */
const PIVOTS = [
  ['middle', 'Middle'],
  ['cross', 'Cross-hair'],
  ['joint', 'Joint'],
] as const;
type Pivot = (typeof PIVOTS)[number][0];

/** Where bones, screws, plates and cuts go. */
export function PlanPanel() {
  return (
    <>
      <MoveSection />
      <LiveSection />
      <AlignSection />
      <PlannedLists />
    </>
  );
}

function MoveSection() {
  const ws = useWorkspace();
  const selected = useView((v) => v.selected);
  const motion = useView((v) => v.motion);
  const tool = useView((v) => v.tool);
  const bodies = useView((v) => v.bodies);
  const id = useView((v) => v.caseRow?.id ?? '');
  const pelvic = useView((v) => isPelvic(v.decisions?.document ?? ''));
  const [mode, setMode] = useState<GizmoMode>('translate');
  const [about, setAbout] = useState<Pivot>('middle');
  const [crossed, setCrossed] = useState<Vec3 | null>(null);
  const gizmo = useRef<Gizmo | null>(null);
  const joint = ws.jointCentre;
  const pivot = about === 'joint' ? joint : about === 'cross' ? crossed : null;
  const bone = boneOf(bodies, selected);
  const body = bone ? ws.engine.bodies.get(bone) : undefined;
  const centre = body ? centreOf(body) : null;

  useEffect(() => {
    const made = new Gizmo(ws.engine);
    gizmo.current = made;
    ws.gizmo = made;
    ws.prepareLive();
    return () => {
      made.dispose();
      ws.gizmo = null;
    };
  }, [ws]);
  useEffect(() => {
    const g = gizmo.current;
    if (!g) return;
    if (tool !== 'move' || !bone) {
      g.detach();
      return;
    }
    g.mode = mode;
    const hold = () => {
      const now = ws.engine.bodies.get(bone);
      if (!now) return;
      const from = ws.motionOf(bone);
      const drawn = now.pose;
      g.attach(
        pivot ?? centreOf(now),
        (m) => ws.leadBone(bone, from, drawn, m),
        (m) => {
          if (isStill(m)) return;
          ws.moveBone(bone, compose(m, from));
          hold();
        },
      );
    };
    hold();
    return () => g.detach();
  }, [ws, tool, bone, mode, pivot]);

  // Typed numbers are about the bone's middle in the scan, so they mean the same whatever came before.
  const still = body ? stillCentre(centreOf(body), ws.motionOf(bone!)) : ([0, 0, 0] as Vec3);
  const { shiftMm, degrees } = readMotion(motion ?? LPS_IDENTITY, pivot ?? still);
  const type = (what: 'shift' | 'turn', k: number, value: number | string) => {
    if (!bone || typeof value !== 'number') return;
    const s = [...shiftMm] as [number, number, number];
    const d = [...degrees] as [number, number, number];
    (what === 'shift' ? s : d)[k] = value;
    ws.moveBone(bone, motionAbout(pivot ?? still, d, s));
  };
  return (
    <Section title="Move a bone or fragment">
      <Select
        size="xs"
        aria-label="Bone to move"
        searchable
        data={bodies.filter((b) => b.kind === 'bone').map((b) => ({ value: b.id, label: b.label }))}
        value={bone}
        placeholder="Choose a bone"
        onChange={(v) => v && ws.select(v)}
      />
      <div className="grid2">
        <Act
          keys="M"
          disabled={!bone}
          pressed={tool === 'move'}
          command={
            pelvic
              ? `osteon change ${id} --set 'corrections/${bone}={"shiftMm":[0,0,1],"turnDeg":[0,0,0]}'`
              : `osteon change ${id} --edit '{"op":"move","bone":"${bone}"}'`
          }
          onClick={() => take(ws, tool === 'move' ? 'look' : 'move')}
        >
          Gizmo
        </Act>
        <SegmentedControl
          size="xs"
          data={[
            { value: 'translate', label: 'Shift' },
            { value: 'rotate', label: 'Turn' },
          ]}
          value={mode}
          onChange={(v) => setMode(v as GizmoMode)}
        />
      </div>
      <div className="grid3">
        {(['L', 'P', 'S'] as const).map((axis, k) => (
          <NumberInput
            key={axis}
            size="xs"
            label={`${axis}, mm`}
            disabled={!bone}
            decimalScale={2}
            step={0.5}
            value={round(shiftMm[k])}
            onChange={(v) => type('shift', k, v)}
          />
        ))}
        {(['about L', 'about P', 'about S'] as const).map((axis, k) => (
          <NumberInput
            key={axis}
            size="xs"
            label={`${axis}, °`}
            disabled={!bone}
            decimalScale={2}
            step={0.5}
            value={round(degrees[k])}
            onChange={(v) => type('turn', k, v)}
          />
        ))}
      </div>
      <SegmentedControl
        size="xs"
        fullWidth
        aria-label="Turn about"
        data={PIVOTS.filter(([key]) => key !== 'joint' || joint).map(([value, label]) => ({ value, label }))}
        value={about}
        onChange={(v) => {
          setAbout(v as Pivot);
          if (v === 'cross') setCrossed(ws.engine.cross);
        }}
      />
      <div>
        <Act
          disabled={!bone || (motion !== null && isStill(motion))}
          command={
            pelvic
              ? `osteon change ${id} --set corrections/${bone}=`
              : `osteon change ${id} --edit '{"op":"move","bone":"${bone}","transform":[1,0,0,0,0,1,0,0,0,0,1,0,0,0,0,1]}'`
          }
          onClick={() => bone && ws.moveBone(bone, LPS_IDENTITY, `Snap ${labelOfName(bone)} back`)}
        >
          Snap back
        </Act>
      </div>
      {centre && <Fact name="Pivot" value={(pivot ?? centre).map((v) => v.toFixed(1)).join('  ')} unit="mm" />}
    </Section>
  );
}

const round = (v: number): number => Math.round(100 * v) / 100 + 0;
const isStill = ({ m }: LpsTransform): boolean => m.every((v, i) => Math.abs(v - LPS_IDENTITY.m[i]) < 1e-6);
const stillCentre = (p: Vec3, motion: LpsTransform): Vec3 => {
  const { m } = invert(motion);
  return [0, 4, 8].map((r) => m[r] * p[0] + m[r + 1] * p[1] + m[r + 2] * p[2] + m[r + 3]) as unknown as Vec3;
};

/** What the hand does to the neighbours: the same figures as beside the hand. */
function LiveSection() {
  const live = useView((v) => v.live);
  const selected = useView((v) => v.selected);
  if (!selected || !live) return null;
  return (
    <Section title={`${labelOfName(live.body)} to its neighbours`}>
      <Readings of="body" />
    </Section>
  );
}

const otherSideOf = (bone: string): string =>
  bone.startsWith('left') ? bone.replace('left', 'right') : bone.replace('right', 'left');

function AlignSection() {
  const ws = useWorkspace();
  const selected = useView((v) => v.selected);
  const bodies = useView((v) => v.bodies);
  const tool = useView((v) => v.tool);
  const [fixed, setFixed] = useState<string | null>(null);
  const [mirror, setMirror] = useState(false);
  const [busy, setBusy] = useState(false);
  const [facts, setFacts] = useState<{ rmsMm: number; p95Mm?: number } | null>(null);
  const bone = boneOf(bodies, selected);

  useEffect(() => {
    choices.onPoints = (from, to) => {
      if (!bone) return;
      void ws.worker
        .ask('points', { from, to, mirror: false })
        .answer.then(({ pose, rmsMm }) => {
          ws.moveBone(bone, compose(pose, ws.motionOf(bone)), `Align ${labelOfName(bone)} by three points`);
          setFacts({ rmsMm });
          take(ws, 'look');
        })
        .catch((e) => complain(asProblem(e)));
    };
    return () => {
      choices.onPoints = null;
    };
  }, [ws, bone]);

  /** Surface onto surface, from where it lies now; or the other side's mirror image laid over this one as a ghost. */
  const align = async () => {
    if (!bone || !fixed) return;
    setBusy(true);
    setFacts(null);
    try {
      const fixedBody = ws.engine.bodies.get(fixed)!;
      const moving = ws.engine.bodies.get(bone)!;
      const template = mirror ? ws.templateFor(bone) : null;
      if (template?.id === fixed) ws.showGhost(`${MIRROR} ${fixed}`, fixed, template.pose);
      else if (mirror) {
        const found = await ws.long('Aligning', 'align', { moving: fixed, fixed: bone, mirror: true });
        if (!found) return;
        const { pose, rmsMm, p95Mm } = found;
        ws.showGhost(`${MIRROR} ${fixed}`, fixed, compose(moving.pose, pose));
        setFacts({ rmsMm, p95Mm });
      } else {
        // The kernel knows a shadow where it lies, all else where the run drew it.
        const put = fixedBody.kind === 'ghost' ? LPS_IDENTITY : fixedBody.pose;
        const initial = compose(invert(put), moving.pose);
        const found = await ws.long('Aligning', 'align', { moving: bone, fixed, initial, mirror: false });
        if (!found) return;
        const { pose, rmsMm, p95Mm } = found;
        const motion = compose(compose(put, pose), compose(invert(moving.pose), ws.motionOf(bone)));
        ws.moveBone(bone, motion, `Align ${labelOfName(bone)} to ${labelOfName(fixed)}`);
        setFacts({ rmsMm, p95Mm });
      }
    } finally {
      setBusy(false);
    }
  };
  const opposite = bone ? (ws.templateFor(bone)?.id ?? otherSideOf(bone)) : null;
  return (
    <Section title="Align and mirror">
      <Act
        disabled={!bone}
        pressed={tool === 'points'}
        command={`osteon register ${bone}.stl target.stl`}
        onClick={() => take(ws, tool === 'points' ? 'look' : 'points')}
      >
        Align by three points
      </Act>
      <Select
        size="xs"
        label={mirror ? 'Bone of the other side' : 'Refine onto'}
        searchable
        placeholder={opposite ? labelOfName(opposite) : ''}
        data={bodies.filter((b) => b.id !== bone && b.kind !== 'screw').map((b) => ({ value: b.id, label: b.label }))}
        value={fixed}
        onChange={setFixed}
      />
      <Switch
        size="xs"
        label="Mirror image"
        checked={mirror}
        onChange={(e) => {
          setMirror(e.currentTarget.checked);
          if (e.currentTarget.checked && opposite && view().bodies.some((b) => b.id === opposite)) setFixed(opposite);
        }}
      />
      <Act
        disabled={!bone || !fixed || busy}
        command={`osteon register ${mirror ? fixed : bone}.stl ${mirror ? bone : fixed}.stl${mirror ? ' --mirror' : ''}`}
        onClick={() => void align()}
      >
        {busy ? 'Aligning' : mirror ? 'Lay the mirror image over it' : 'Refine'}
      </Act>
      {facts && <Fact name="Remaining, RMS" value={facts.rmsMm.toFixed(2)} unit="mm" />}
      {facts?.p95Mm !== undefined && <Fact name="95 %" value={facts.p95Mm.toFixed(2)} unit="mm" />}
      {bodies.some((b) => b.id.startsWith(MIRROR)) && (
        <Button
          onClick={() => {
            for (const b of view().bodies) if (b.id.startsWith(MIRROR)) ws.engine.dropBody(b.id);
            show({ hint: null });
          }}
        >
          Take the mirror image away
        </Button>
      )}
    </Section>
  );
}
