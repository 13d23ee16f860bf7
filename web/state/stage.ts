import { LPS_IDENTITY, type LpsTransform, type Vec3 } from '../../src/base/index.ts';
import { compose, invert, sub } from '../../src/math/index.ts';
import { centroid } from '../../src/mesh/index.ts';
import { NOTHING_PLANNED, type PlacedScrew } from '../../src/plan/index.ts';
import type { VoxelBox } from '../../src/volume/index.ts';
import { copyBox, LabelState } from '../edit/label-state.ts';
import { type Body, type BodyKind, createBody } from '../engine/body.ts';
import { Engine, type EngineElements } from '../engine/engine.ts';
import { attachHands } from '../engine/hands.ts';
import { isStandard } from '../engine/planes.ts';
import { histogramOf, huAt, voxelIndex } from '../engine/probe.ts';
import { KernelWorker, SHARED } from '../work/client.ts';
import type { Surface } from '../work/jobs.ts';
import { api, asProblem, need, objectBytes, Refused } from './api.ts';
import { colourOfName, labelOfName, movedSurface, poseOf, poseSince, scannedName, screwMesh } from './bodies.ts';
import { CaseFile } from './case-file.ts';
import { type Command, type Decisions, decisionsOf } from './decisions.ts';
import { type LoadedLabels, type LoadedScan, listMeshes, loadGrey, loadLabels, prepareScan } from './load.ts';
import { isPelvic, motionOfCorrection, namesOf, readCorrection, screwsOf } from './pelvis.ts';
import { brokenSocket, loadPlan, NO_PLAN, type PlanFile } from './plan-file.ts';
import { Tracer } from './tracer.ts';
import { type BodyRow, complain, NOTHING_OPEN, show, view } from './view.ts';

const KINDS: Readonly<Record<string, BodyKind>> = {
  bone: 'bone',
  reduced: 'bone',
  implant: 'part',
  part: 'part',
  plate: 'part',
  guide: 'part',
};
/** While a case arrives, a picture every so often, ms. */
const PACE_MS = 700;

/** A case without a scan is a case all the same. */
const asNone = (e: unknown): null => {
  if (e instanceof Refused && e.status === 404) return null;
  throw e;
};

/** One open case on the screen: engine, decisions, worker. What it knows and panels show goes into the view. */
export class Stage {
  readonly engine: Engine;
  readonly worker = new KernelWorker();
  file: CaseFile | null = null;
  labels: LabelState | null = null;
  protected scan: LoadedScan | null = null;
  /** What the labels and surfaces on the server were made from. */
  private drawn: Decisions | null = null;
  private readonly tracer = new Tracer(this.worker, (label, surface) => this.takeSurface(label, surface));
  /** Names of the labels of the last run. */
  private readonly names = new Map<number, string>();
  private readonly stops: (() => void)[] = [];
  private readonly aborter = new AbortController();

  constructor(elements: EngineElements) {
    this.engine = new Engine(elements);
    this.stops.push(
      attachHands(this.engine),
      this.engine.on('cross', () => this.probe()),
      this.engine.on('window', () => show({ window: this.engine.window })),
      this.engine.on('planes', () => show({ oblique: !isStandard(this.engine.planes) })),
      this.engine.on('bodies', () => this.listBodies()),
    );
    show({ window: this.engine.window });
  }

  async open(caseId: string): Promise<void> {
    const { readOnly } = view();
    try {
      show({ loading: { what: 'Reading the scan', fraction: 0 } });
      const [file, scan] = await Promise.all([CaseFile.open(caseId, readOnly), prepareScan(caseId).catch(asNone)]);
      this.file = file;
      this.stops.push(file.on(() => this.follow()));
      if (scan) await this.openScan(caseId, scan);
    } catch (e) {
      if (!this.aborter.signal.aborted) complain(asProblem(e));
    }
    this.engine.pace(0);
    show({ loading: null });
    this.follow();
  }

  private async openScan(caseId: string, scan: LoadedScan): Promise<void> {
    this.scan = scan;
    const shown = this.engine.show(scan.grid, scan.hu, scan.labels);
    show({ thinned: Math.max(...shown.thinning), cross: this.engine.cross });
    const labels = loadLabels(caseId, scan);
    const bodies = this.openBodies(caseId);
    await loadGrey(
      caseId,
      scan,
      (from, to) => {
        shown.sendGrey(from, to);
        this.engine.invalidate();
        // The first picture at once, the rest now and then.
        this.engine.pace(PACE_MS);
        show({ loading: { what: 'Reading the scan', fraction: to / scan.grid.size[2] } });
      },
      this.aborter.signal,
    );
    show({ histogram: histogramOf(scan.hu) });
    this.probe();
    await this.takeLabels(await labels);
    await bodies;
    this.follow();
  }

  /** After a run: labels and surfaces anew, the scan stays. */
  async reload(): Promise<void> {
    const { scan, file } = this;
    if (!scan || !file) return;
    try {
      scan.labels.fill(0);
      const bodies = this.openBodies(file.caseId);
      await this.takeLabels(await loadLabels(file.caseId, scan));
      await bodies;
    } catch (e) {
      complain(asProblem(e));
    }
    this.follow();
  }

  private async takeLabels({ names: found, revision }: LoadedLabels): Promise<void> {
    const { scan, file } = this;
    if (!scan || !file) return;
    this.engine.scan?.sendLabels();
    this.names.clear();
    for (const { value, name } of found) {
      this.names.set(value, name);
      this.engine.setLabelColour(value, colourOfName(name, 'bone', value));
    }
    this.drawn = revision > 0 ? await this.decisionsAt(file.caseId, revision) : { ...file.decisions, edits: [] };
    await this.worker.ask('scan', scan).answer;
    const names = () => namesOf(file.decisions.document);
    this.labels = new LabelState(scan.grid, scan.hu, scan.labels, this.drawn.edits, names);
  }

  private async decisionsAt(caseId: string, revision: number): Promise<Decisions> {
    const params = { path: { case: caseId }, query: { revision } };
    const { document, edits } = await need(api.GET('/cases/{case}/document', { params }));
    return decisionsOf(document, edits);
  }

  private async openBodies(caseId: string): Promise<void> {
    const rows = await listMeshes(caseId);
    this.plan = rows.length > 0 ? await loadPlan(caseId) : NO_PLAN;
    this.tellFragments();
    let index = 0;
    for (const row of rows) {
      if (this.aborter.signal.aborted) return;
      const bytes = await objectBytes(caseId, row.sha256);
      const surface = await this.worker.ask('read', { bytes, name: row.path }).answer;
      // A fragment is looked at where it belongs; where the scan shows it is a shadow.
      const scanned = row.kind === 'bone' && rows.some((r) => r.kind === 'reduced' && r.name === row.name);
      const kind = scanned ? 'ghost' : (KINDS[row.kind] ?? 'part');
      const body = await this.addBody(scanned ? scannedName(row.name) : row.name, kind, surface, index++);
      if (!scanned) this.centres.set(row.name, centroid(surface));
      // Sizes lie in one another: the nominal one is looked at first. A guide hides the plate under it.
      if (scanned || row.kind === 'guide' || (kind === 'part' && /^talus-/.test(row.name) && !/-100$/.test(row.name)))
        body.visible = false;
    }
    void this.worker
      .ask('fracture', brokenSocket(this.plan, this.engine.bodies))
      .answer.catch((e) => complain(asProblem(e)));
    this.hideReplaced();
    show({ field: null });
    this.engine.bodiesChanged();
    this.engine.fitScene();
  }

  /** An implant and the bone it replaces fill the same place: the implant is looked at. */
  private hideReplaced(): void {
    const side = /^affectedSide:\s*(left|right)/m.exec(this.file?.decisions.document ?? '')?.[1];
    const replaced = this.engine.bodies.get(`${side}-talus`);
    if (replaced && this.engine.bodies.has('talus-100')) replaced.visible = false;
  }

  async addBody(id: string, kind: BodyKind, surface: Surface, index = 0): Promise<Body> {
    const before = this.engine.bodies.get(id);
    const body = createBody(
      { id, kind, label: labelOfName(id), colour: before?.colour ?? colourOfName(id, kind, index) },
      surface,
    );
    if (before) Object.assign(body, { visible: before.visible, opacity: before.opacity, pose: before.pose });
    this.engine.setBody(body);
    await this.worker.ask('body', { id, surface }).answer;
    return body;
  }

  /** A change of the case: seen at once, sent within a second. */
  commit(change: Partial<Decisions>, message: string, command: Command): void {
    this.file?.commit(change, message, command);
  }

  /** Brings everything on the screen in line with the decisions. */
  follow(): void {
    const { file } = this;
    if (!file) return;
    const { decisions } = file;
    this.followLabels(decisions);
    this.followPoses(decisions);
    this.followScrews();
    const stale =
      this.drawn !== null && view().resultRevision !== null && JSON.stringify(this.drawn) !== JSON.stringify(decisions);
    for (const body of this.engine.bodies.values()) if (body.kind === 'part') body.stale = stale;
    show({
      decisions,
      screws: this.screws,
      revision: file.revision,
      saving: file.saving,
      undo: file.undoMessage,
      redo: file.redoMessage,
      lastCommand: file.lastCommand,
      stale,
    });
    this.engine.bodiesChanged();
  }

  private followLabels({ edits }: Decisions): void {
    const { labels, scan } = this;
    if (!labels || !scan) return;
    const { boxes, labels: touched, failed } = labels.follow(edits);
    for (const { error } of failed) complain(asProblem(error));
    this.sendBoxes(boxes, true);
    for (const label of touched) {
      const name = this.boneOf(label);
      if (!name) continue;
      this.engine.setLabelColour(label, this.engine.bodies.get(name)?.colour ?? colourOfName(name, 'bone', label));
      this.tracer.soon(label);
    }
  }

  /** Labels that changed: to the card, and to a worker that cannot see them. */
  protected sendBoxes(boxes: readonly VoxelBox[], toWorker: boolean): void {
    for (const box of boxes) {
      this.engine.scan?.sendLabels(box.lo, box.hi);
      if (toWorker && !SHARED) this.sendBox(box);
    }
    if (boxes.length > 0) this.engine.invalidate('axial', 'coronal', 'sagittal');
  }

  private sendBox(box: VoxelBox): void {
    void this.worker.ask('labels', { box, data: copyBox(this.labels!.labels, box) }).answer;
  }

  private followPoses({ document, edits }: Decisions): void {
    for (const body of this.engine.bodies.values()) {
      if (body.kind !== 'bone') continue;
      const centre = isPelvic(document) ? this.restCentre(body.id) : null;
      if (centre) {
        const [now, then] = [document, this.drawn?.document ?? ''].map((text) =>
          motionOfCorrection(readCorrection(text, body.id), centre),
        );
        body.pose = compose(now, invert(then));
      } else body.pose = this.drawn ? poseSince(edits, this.drawn.edits, body.id) : poseOf(edits, body.id);
      const { planned, reduced } = this.plan;
      const put = this.asPlanned ? planned.get(body.id) : undefined;
      if (put) body.pose = compose(put, body.pose);
      const back = this.asPlanned ? undefined : reduced.get(body.id);
      if (back) body.pose = invert(back);
    }
    const { selected } = view();
    if (selected) show({ motion: this.motionOf(selected) });
  }

  motionOf(bone: string): LpsTransform {
    if (!this.file) return LPS_IDENTITY;
    const { document, edits } = this.file.decisions;
    const centre = isPelvic(document) ? this.restCentre(bone) : null;
    return centre ? motionOfCorrection(readCorrection(document, bone), centre) : poseOf(edits, bone);
  }

  /** Bones where the plan puts them, or where the scan shows them. */
  showPlanned(on: boolean): void {
    this.asPlanned = on;
    this.tellFragments();
    if (this.file) this.followPoses(this.file.decisions);
    this.engine.bodiesChanged();
  }
  private asPlanned = false;
  private tellFragments(): void {
    show({ fragments: this.plan.reduced.size > 0 ? (this.asPlanned ? 'reduced' : 'scanned') : null });
  }
  protected plan: PlanFile = NO_PLAN;

  /** Middle of a fragment before anybody corrected it. */
  protected restCentre(bone: string): Vec3 | null {
    const drawn = this.centres.get(bone);
    return drawn ? sub(drawn, readCorrection(this.drawn?.document ?? '', bone).shiftMm) : null;
  }
  /** Of what the last run drew. */
  private readonly centres = new Map<string, Vec3>();

  /** Those of the case; where it leaves them to the program, those of the last run. */
  get screws(): readonly PlacedScrew[] {
    const { planned, document } = this.file?.decisions ?? { planned: NOTHING_PLANNED, document: '' };
    return isPelvic(document) ? screwsOf(document, this.plan.screws) : planned.screws;
  }

  private followScrews(): void {
    const wanted = new Map(this.screws.map((s) => [s.id, s]));
    for (const [id, body] of this.engine.bodies)
      if (body.kind === 'screw' && !wanted.has(id)) this.engine.bodies.delete(id);
    for (const screw of wanted.values()) {
      const text = JSON.stringify(screw);
      if (this.screwTexts.get(screw.id) === text && this.engine.bodies.has(screw.id)) continue;
      this.screwTexts.set(screw.id, text);
      const given = {
        id: screw.id,
        kind: 'screw' as const,
        label: `${screw.id} ${screw.screw} ${screw.lengthMm} mm`,
        colour: colourOfName(screw.id, 'screw', 0),
      };
      this.engine.bodies.set(screw.id, createBody(given, screwMesh(screw)));
    }
  }
  protected readonly screwTexts = new Map<string, string>();

  private get boneIds(): readonly string[] {
    return namesOf(this.file?.decisions.document ?? '').ids;
  }
  private boneOf = (label: number): string | undefined => this.boneIds[label - 1];

  /** A surface as the labels of the scan have it: the fragment goes where the last run put it, its shadow stays. */
  private async takeSurface(label: number, surface: Surface | null): Promise<void> {
    const name = this.boneOf(label)!;
    const shadow = scannedName(name);
    const reduced = this.plan.reduced.get(name);
    if (!surface) for (const id of [name, shadow]) this.engine.dropBody(id);
    else if (reduced) {
      const seen = this.engine.bodies.get(shadow)?.visible ?? false;
      (await this.addBody(shadow, 'ghost', surface, label)).visible = seen;
      await this.addBody(name, 'bone', movedSurface(reduced, surface), label);
    } else await this.addBody(name, 'bone', surface, label);
    if (this.file) this.followPoses(this.file.decisions);
    this.listBodies();
    this.engine.invalidate();
  }

  private probe(): void {
    const { scan, engine } = this;
    if (!scan) return;
    const i = voxelIndex(scan.grid, engine.cross);
    const label = i >= 0 ? scan.labels[i] : 0;
    show({
      cross: engine.cross,
      probe: {
        hu: huAt(scan.grid, scan.hu, engine.cross),
        label: label > 0 ? (this.names.get(label) ?? this.boneOf(label) ?? `label ${label}`) : null,
      },
    });
  }

  listBodies(): void {
    const order: Readonly<Record<BodyKind, number>> = { part: 0, screw: 1, bone: 2, ghost: 3 };
    const rows: BodyRow[] = [...this.engine.bodies.values()].map((b) => ({
      id: b.id,
      kind: b.kind,
      label: b.label,
      colour: b.colour,
      visible: b.visible,
      opacity: b.opacity,
      stale: b.stale,
      busy: b.kind === 'bone' && this.tracer.busy.has(1 + this.boneIds.indexOf(b.id)),
    }));
    rows.sort((a, b) => order[a.kind] - order[b.kind] || (a.label < b.label ? -1 : 1));
    show({ bodies: rows });
  }

  setVisible(id: string, visible: boolean): void {
    const body = this.engine.bodies.get(id);
    if (!body) return;
    body.visible = visible;
    const label = 1 + this.boneIds.indexOf(id);
    if (body.kind === 'bone' && label > 0) this.engine.setLabelColour(label, visible ? body.colour : null);
    this.engine.bodiesChanged();
  }

  setOpacity(id: string, opacity: number): void {
    const body = this.engine.bodies.get(id);
    if (!body) return;
    body.opacity = opacity;
    this.engine.bodiesChanged();
  }

  dispose(): void {
    this.aborter.abort();
    this.tracer.close();
    this.file?.close();
    for (const stop of this.stops) stop();
    this.worker.close();
    this.engine.dispose();
    show(NOTHING_OPEN);
  }
}
