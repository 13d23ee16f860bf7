import { Button, Group, Modal } from '@mantine/core';
import { createContext, useContext, useEffect, useRef, useState } from 'react';
import { measureLayer } from '../edit/measure-tool.ts';
import { pinLayer, planLayer } from '../edit/scene-tools.ts';
import { screwLayer } from '../edit/screw-tool.ts';
import type { PaneName } from '../engine/engine.ts';
import { asProblem } from '../state/api.ts';
import { commandLine } from '../state/decisions.ts';
import { isPelvic } from '../state/pelvis.ts';
import { attempt, listen, loadCase, loadScan, loadTalk } from '../state/people-of-case.ts';
import { complain, MODES, type Mode, show, useView, view } from '../state/view.ts';
import { Workspace } from '../state/workspace.ts';
import { copyCommand } from './act.tsx';
import { CorrectPanel } from './correct-panel.tsx';
import { Help } from './help.tsx';
import { Icon } from './icons.tsx';
import { JudgePanel } from './judge-panel.tsx';
import { LookPanel } from './look-panel.tsx';
import { PlanPanel } from './plan-panel.tsx';
import { ReviewPanel } from './review-panel.tsx';
import { ScanPanel } from './scan-panel.tsx';
import { attachKeys } from './shortcuts.ts';
import { Things } from './things.tsx';
import { take } from './tools.ts';
import { TopBar } from './top-bar.tsx';
import { Viewport } from './viewport.tsx';

const Held = createContext<Workspace | null>(null);
/** The open case. */
export const useWorkspace = (): Workspace => useContext(Held)!;

const NAMES: Readonly<Record<Mode, string>> = {
  scan: 'Scan',
  look: 'Look',
  correct: 'Correct',
  plan: 'Plan',
  judge: 'Judge',
  review: 'Review',
};
const PANELS: Readonly<Record<Mode, () => React.ReactNode>> = {
  scan: ScanPanel,
  look: LookPanel,
  correct: CorrectPanel,
  plan: PlanPanel,
  judge: JudgePanel,
  review: ReviewPanel,
};

/** One case: tools on the left, pictures in the middle, things on the right. */
export function Desk({ caseId }: { caseId: string }) {
  const canvas = useRef<HTMLCanvasElement>(null);
  const panes = useRef<Partial<Record<PaneName, HTMLElement>>>({});
  const [ws, setWs] = useState<Workspace | null>(null);
  const [noView, setNoView] = useState<string | null>(null);
  const [help, setHelp] = useState(false);
  const [turn, setTurn] = useState(0);
  const mode = useView((v) => v.mode);
  const readOnly = useView((v) => v.readOnly);
  const pelvic = useView((v) => isPelvic(v.decisions?.document ?? ''));

  // biome-ignore lint/correctness/useExhaustiveDependencies: `turn` opens the case anew after a run
  useEffect(() => {
    let made: Workspace;
    try {
      made = new Workspace({ canvas: canvas.current!, panes: panes.current as Record<PaneName, HTMLElement> });
    } catch (e) {
      const { message, hint } = asProblem(e);
      setNoView(`${message}. ${hint}`);
      return;
    }
    for (const layer of [measureLayer(made), screwLayer(made), planLayer(made), pinLayer()])
      made.engine.layers.add(layer);
    setWs(made);
    void attempt(() => loadCase(caseId)).then(() => {
      void attempt(() => loadScan(caseId)).then(() => {
        // Findings of the scan come before anything else.
        if (view().caseRow?.state === 'new' || view().scanState !== 'ready') show({ mode: 'scan' });
      });
      void attempt(() => loadTalk(caseId));
      void made.open(caseId);
    });
    const unlisten = listen(caseId, {
      revision: () => void attempt(async () => made.file?.refresh()),
      // A run changes what was made of the scan; anything else the scan itself.
      results: (kind) => (kind === 'run' && made.labels ? void made.reload() : setTurn((n) => n + 1)),
    });
    const unkey = attachKeys(made, () => setHelp(true));
    const leave = () => void made.file?.send();
    addEventListener('pagehide', leave);
    return () => {
      removeEventListener('pagehide', leave);
      unlisten();
      unkey();
      made.dispose();
    };
  }, [caseId, turn]);

  // One judges what is planned. Fragments of a pelvis lie where they belong, but for correcting: there the scan says.
  useEffect(() => {
    const { field } = view();
    if (mode !== 'judge' && mode !== 'review' && field) ws?.showField(field.body, '', null);
    ws?.showPlanned(mode === 'judge' || (pelvic && mode !== 'correct' && mode !== 'scan'));
  }, [ws, mode, pelvic]);

  const Panel = PANELS[mode];
  return (
    <Held.Provider value={ws}>
      <div className="desk">
        <TopBar ws={ws} onHelp={() => setHelp(true)} />
        <nav className="rail" aria-label="Steps">
          {MODES.map((m) => (
            <button
              type="button"
              key={m}
              aria-current={mode === m ? 'page' : undefined}
              onClick={() => {
                show({ mode: m });
                if (ws) take(ws, 'look');
              }}
            >
              <Icon name={m} size={19} />
              {NAMES[m]}
            </button>
          ))}
        </nav>
        <aside className="tools" aria-label={NAMES[mode]}>
          {ws && (readOnly && (mode === 'correct' || mode === 'plan') ? <ReadOnly /> : <Panel />)}
        </aside>
        <Viewport key={turn} canvas={canvas} panes={panes} refused={noView} ws={ws} />
        <aside className="things" aria-label="Things">
          {ws && <Things />}
        </aside>
        <Foot caseId={caseId} />
      </div>
      <Help opened={help} onClose={() => setHelp(false)} />
      {ws && <Conflict ws={ws} />}
    </Held.Provider>
  );
}

const ReadOnly = () => (
  <section className="section">
    <p className="dim" style={{ margin: 0 }}>
      This link opens the case for reading. Look, judge and review work as for everyone.
    </p>
  </section>
);

function Conflict({ ws }: { ws: Workspace }) {
  const saving = useView((v) => v.saving);
  const settle = (choice: 'theirs' | 'mine') => void ws.file?.settle(choice).catch((e) => complain(asProblem(e)));
  return (
    <Modal
      opened={saving.state === 'conflict'}
      onClose={() => undefined}
      withCloseButton={false}
      title="Two people changed this case"
      centered
    >
      {saving.state === 'conflict' && (
        <>
          <p style={{ marginTop: 0 }}>{saving.problem.message}.</p>
          <p className="dim">
            {saving.problem.hint ||
              'Nothing is lost: what you do not take stays among the revisions, and Redo brings your work back.'}
          </p>
          <Group justify="flex-end">
            <Button onClick={() => settle('theirs')}>Take theirs</Button>
            <Button variant="filled" onClick={() => settle('mine')}>
              Put mine on top
            </Button>
          </Group>
        </>
      )}
    </Modal>
  );
}

function Foot({ caseId }: { caseId: string }) {
  const cross = useView((v) => v.cross);
  const probe = useView((v) => v.probe);
  const thinned = useView((v) => v.thinned);
  const command = useView((v) => v.lastCommand);
  const text = command ? commandLine(command, caseId) : '';
  return (
    <footer className="foot">
      <span data-testid="cross">
        L <b>{cross[0].toFixed(1)}</b> P <b>{cross[1].toFixed(1)}</b> S <b>{cross[2].toFixed(1)}</b> mm
      </span>
      <span data-testid="probe">
        <b>{Number.isFinite(probe.hu) ? probe.hu.toFixed(0) : '–'}</b> HU
        {probe.label && ` · ${probe.label}`}
      </span>
      {thinned > 1 && <span>shown at 1/{thinned} resolution (graphics memory); measured at full</span>}
      <span className="grow" />
      {text && (
        <button
          type="button"
          style={{ all: 'unset', cursor: 'pointer', display: 'flex', gap: 6, overflow: 'hidden' }}
          title="Copy as command"
          onClick={() => copyCommand(text)}
        >
          <Icon name="copy" size={12} />
          <span className="command" style={{ maxWidth: '48vw' }}>
            {text}
          </span>
        </button>
      )}
    </footer>
  );
}
