import type { LpsTransform, Vec3 } from '../../src/base/index.ts';
import { compose, scale } from '../../src/math/index.ts';
import { type PlacedScrew, type Planned, parsePlanned } from '../../src/plan/index.ts';
import { type Edit, type EditBone, parseEdits } from '../../src/segment/index.ts';
import { type Body, type BodyHit, createBody } from '../engine/body.ts';
import type { PlaneName } from '../engine/planes.ts';
import type { Work } from '../work/client.ts';
import type { Answer, FieldValues, JobName, Question } from '../work/jobs.ts';
import { asProblem, objectBytes } from './api.ts';
import { colourOfName, labelOfName, screwMesh } from './bodies.ts';
import { written } from './decisions.ts';
import { bodyFollower, neighbours, questionOf, screwFollower, screwQuestion } from './live.ts';
import {
  correctionOfMotion,
  hasAutomaticScrews,
  isPelvic,
  namesOf,
  plannedKeys,
  plannedOf,
  withCorrection,
  withPlanned,
} from './pelvis.ts';
import { Stage } from './stage.ts';
import { complain, show, view } from './view.ts';

const FADED = 0.12;

/** What a person does with a case: each act changes its decisions, and is a command. */
export class Workspace extends Stage {
  /** A screw under the hand, before it is let go. */
  previewed: PlacedScrew | null = null;
  /** The gizmo, while it holds something. */
  gizmo: { readonly pivot: Vec3 } | null = null;
  /** The slice in which a hand last held a screw; null: the scene. */
  handPane: PlaneName | null = null;
  private readonly bodyHand = bodyFollower(this.worker);
  private readonly screwHand = screwFollower(this.worker);

  addEdit(given: Edit, message: string): void {
    const edit = this.checked(given);
    if (!edit) return;
    const { edits } = this.file!.decisions;
    this.commit({ edits: [...edits, edit] }, message, { verb: 'edit', edit: written(edit) });
  }

  /** The edit as the case file will hold it; what the command line refuses is refused here with the same words. */
  private checked(edit: Edit): Edit | null {
    try {
      return parseEdits({ edits: [written(edit)] }, namesOf(this.file!.decisions.document)).edits[0];
    } catch (e) {
      complain(asProblem(e));
      return null;
    }
  }

  /** An edit that is still under the hand: seen on the slices, not yet done. */
  draft(edit: Edit): void {
    const change = this.labels?.draft(edit);
    if (change) this.sendBoxes(change.boxes, false);
  }

  dropDrafts(): void {
    const change = this.labels?.dropDrafts();
    if (change) this.sendBoxes(change.boxes, false);
  }

  setPlanned(part: Partial<Planned>, message: string): void {
    try {
      const { document, planned: before } = this.file!.decisions;
      const planned = parsePlanned({ ...before, ...part });
      if (!isPelvic(document) || !(part.screws || part.plates)) {
        this.commit({ planned }, message, { verb: 'plan', planned: part });
        return;
      }
      // What the program chose stays its choice until a screw is touched.
      const screws = part.screws ? planned.screws : hasAutomaticScrews(document) ? [] : this.screws;
      const text = withPlanned(document, { ...planned, screws }, this.plan.screws);
      const change = { document: text, planned: plannedOf(text, planned) };
      this.commit(change, message, { verb: 'set', values: plannedKeys(text) });
    } catch (e) {
      complain(asProblem(e));
    }
  }

  /** Keys of the case file: `a/b` for a key in a map. */
  setDocument(document: string, values: Readonly<Record<string, unknown>>, message: string): void {
    const { planned, document: before } = this.file!.decisions;
    const change = isPelvic(document) ? { document, planned: plannedOf(document, planned) } : { document };
    // Edits name bones of one procedure.
    const anew = namesOf(document) !== namesOf(before) && { edits: [] };
    this.commit({ ...change, ...anew }, message, { verb: 'set', values });
  }

  /** Puts a bone somewhere: from where the scan shows it. */
  moveBone(bone: string, transform: LpsTransform, message = `Move ${labelOfName(bone)}`): void {
    const { edits } = this.file!.decisions;
    const { document } = this.file!.decisions;
    const centre = this.restCentre(bone);
    if (isPelvic(document) && centre) {
      const correction = correctionOfMotion(transform, centre);
      const values = { [`corrections/${bone}`]: correction };
      this.setDocument(withCorrection(document, bone, correction), values, message);
      this.measureLive(bone);
      return;
    }
    const edit = this.checked({ op: 'move', bone: bone as EditBone, transform });
    if (!edit) return;
    const last = edits.at(-1);
    // One place a bone: the way there is in the revisions.
    const before = last?.op === 'move' && last.bone === bone ? edits.slice(0, -1) : edits;
    this.commit({ edits: [...before, edit] }, message, { verb: 'edit', edit: written(edit) });
    this.measureLive(bone);
  }

  /** A measurement becomes part of the case. */
  keepMeasurement(id: string): void {
    const { measured } = view();
    const kept = measured.find((m) => m.id === id);
    if (!kept) return;
    show({ measured: measured.filter((m) => m.id !== id) });
    this.setPlanned(
      { measurements: [...this.file!.decisions.planned.measurements, kept] },
      `Keep the ${kept.kind} ${id}`,
    );
  }

  /** Shows a bone led by the hand: `motion` since it was taken. */
  leadBone(bone: string, from: LpsTransform, drawnPose: LpsTransform, motion: LpsTransform): void {
    const body = this.engine.bodies.get(bone);
    if (!body) return;
    body.pose = compose(motion, drawnPose);
    show({ motion: compose(motion, from) });
    this.engine.invalidateBodies();
    this.measureLive(bone);
  }

  previewScrew(screw: PlacedScrew): void {
    this.previewed = screw;
    const given = { id: screw.id, kind: 'screw' as const, label: screw.id, colour: colourOfName(screw.id, 'screw', 0) };
    this.engine.bodies.set(screw.id, createBody(given, screwMesh(screw)));
    this.screwTexts.delete(screw.id);
    this.engine.invalidateBodies();
    this.measureScrew(screw);
  }

  /** Clearances of a screw, as it is or as the hand holds it. */
  measureScrew(given: PlacedScrew | string): void {
    const { document } = this.file!.decisions;
    const screw = typeof given === 'string' ? this.screws.find((s) => s.id === given) : given;
    const question = screw && screwQuestion(this.engine, screw, this.screws, document, this.plan.fracture);
    if (question) void this.screwHand.follow(question);
    else show({ held: null });
  }

  /** The healthy hip bone laid over the broken one, as the last run did it. */
  templateFor(bone: string): { readonly id: string; readonly pose: LpsTransform } | null {
    const { fracture } = this.plan;
    if (!fracture?.pieces.some(({ id }) => id === bone)) return null;
    return { id: fracture.healthy, pose: fracture.templateFromHealthy };
  }

  /** A surface laid somewhere to compare with: seen through, never picked. */
  showGhost(id: string, from: string, pose: LpsTransform): void {
    const body = this.engine.bodies.get(from);
    if (!body) return;
    void this.worker.ask('laid', { id, from, pose }).answer.catch((e) => complain(asProblem(e)));
    const colour: Vec3 = [210, 168, 255];
    this.engine.setBody({
      ...body,
      id,
      kind: 'ghost',
      label: labelOfName(id),
      colour,
      pose,
      visible: true,
      opacity: 1,
    });
  }

  /** A long piece of work, with its progress and a way to stop it on the screen; null where it was stopped or failed. */
  async long<J extends JobName>(what: string, job: J, question: Question<J>): Promise<Answer<J> | null> {
    const work: Work<Answer<J>> = this.worker.ask(job, question, (fraction) =>
      show({ working: { what, fraction, cancel: work.cancel } }),
    );
    show({ working: { what, fraction: 0, cancel: work.cancel } });
    try {
      return await work.answer;
    } catch (e) {
      if ((e as { code?: string }).code !== 'job.aborted') complain(asProblem(e));
      return null;
    } finally {
      show({ working: null });
    }
  }

  /** Into the bone, square to its surface. */
  inwardAt = ({ normal }: BodyHit): Vec3 => scale(normal, -1);

  select(id: string | null): void {
    show({ selected: id, motion: id ? this.motionOf(id) : null, live: null });
    if (id) this.measureLive(id);
  }

  /** Lays a broken socket out beside the page, so that the first reading need not wait for it. */
  prepareLive(): void {
    void this.worker.ask('ready', null).answer.catch((e) => complain(asProblem(e)));
  }

  /** Gap, step-off, penetration and joint space of one body to its neighbours, as fast as the worker answers. */
  measureLive(id: string): void {
    const body = this.engine.bodies.get(id);
    if (!body || (body.kind !== 'bone' && body.kind !== 'part')) return;
    void this.bodyHand.follow(questionOf(this.engine, body, this.plan.fracture));
  }

  /** Middle of the joint of a broken socket, as the last run found it. */
  get jointCentre(): Vec3 | null {
    return this.plan.fracture?.joint.centreMm ?? null;
  }

  /** Visible bones and parts near a body, where they stand. */
  neighboursOf = (body: Body): { id: string; pose: LpsTransform }[] =>
    neighbours(this.engine, body).map(({ id, pose }) => ({ id, pose }));

  /** Von Mises stress on a part as the last run computed it. */
  async stress(id: string, sha256: string): Promise<FieldValues | null> {
    try {
      const bytes = await objectBytes(this.file!.caseId, sha256);
      return await this.long('Reading the stress', 'stress', { id, bytes });
    } catch (e) {
      complain(asProblem(e));
      return null;
    }
  }

  /** Colours a body by numbers at its vertices; null takes them off. */
  showField(id: string, name: string, field: FieldValues | null): void {
    const body = this.engine.bodies.get(id);
    if (!body) return;
    for (const other of this.engine.bodies.values()) {
      if (other.field) delete other.field;
      // What is around it steps back while one looks at the colours.
      if (other.kind === 'bone' || other.kind === 'part') other.opacity = field && other.id !== id ? FADED : 1;
    }
    if (field) this.engine.fitScene(undefined, [body]);
    if (field)
      body.field = { name, unit: field.unit, values: field.values, lo: field.lo, hi: field.hi, map: field.map };
    show({
      field: field && {
        body: id,
        name,
        unit: field.unit,
        lo: field.lo,
        hi: field.hi,
        map: field.map,
        summary: field.summary,
      },
      fieldProbe: null,
    });
    this.engine.bodiesChanged();
  }
}
