import { api, need, type Problem, Refused } from './api.ts';
import { type Command, type Decisions, decisionsOf, editsFile, sameDecisions } from './decisions.ts';
import { dropWork, keepWork, keptWork } from './keep.ts';
import { complain, show } from './view.ts';

export type SaveState =
  | { readonly state: 'saved' }
  | { readonly state: 'saving' }
  /** The server cannot be reached; the work is kept here. */
  | { readonly state: 'offline' }
  /** Somebody else changed the case in between. */
  | { readonly state: 'conflict'; readonly problem: Problem; readonly revision: number }
  | { readonly state: 'refused'; readonly problem: Problem };

interface Step {
  /** Known, or to be asked of the server by its revision. */
  readonly before: Decisions | number;
  /** Its revision, where that was known when it was left. */
  readonly revision?: number;
  readonly message: string;
}

const SOON_MS = 250;
const RETRY_MS = 2000;
/** Refusals that end by themselves. */
const WAITS: ReadonlySet<string> = new Set(['case.busy', 'http.rate']);

/**
 * The decisions of one case: what they are now, how to get back, and on their way to the server. Every change is a new
 * revision there; what is not yet there lies in this browser.
 */
export class CaseFile {
  readonly caseId: string;
  decisions: Decisions;
  revision: number;
  readonly readOnly: boolean;
  saving: SaveState = { state: 'saved' };
  lastCommand: Command | null = null;
  private undoSteps: Step[] = [];
  private redoSteps: { readonly after: Decisions; readonly message: string }[] = [];
  private unsent: { messages: string[]; commands: Command[] } | null = null;
  private sending = false;
  private timer: ReturnType<typeof setTimeout> | undefined;
  private readonly listeners = new Set<() => void>();

  private constructor(caseId: string, decisions: Decisions, revision: number, readOnly: boolean) {
    this.caseId = caseId;
    this.decisions = decisions;
    this.revision = revision;
    this.readOnly = readOnly;
  }

  /** Opens a case, with what an earlier tab could not send. @throws Refused */
  static async open(caseId: string, readOnly: boolean): Promise<CaseFile> {
    const path = { case: caseId };
    const reply = await need(api.GET('/cases/{case}/document', { params: { path } }));
    const file = new CaseFile(caseId, decisionsOf(reply.document, reply.edits), reply.revision, readOnly);
    const revisions = await need(api.GET('/cases/{case}/revisions', { params: { path } })).catch(() => []);
    for (const { n, command, message } of revisions.toSorted((a, b) => a.n - b.n)) {
      if (n <= 1) continue;
      const c = command as { verb?: string; to?: number; undo?: number } | null;
      const to = c?.verb === 'undo' ? c.to : c?.undo;
      if (typeof to === 'number') {
        const at = file.undoSteps.findIndex((s) => s.before === to);
        if (at >= 0) file.undoSteps.length = at;
      } else file.undoSteps.push({ before: n - 1, message });
    }
    const kept = readOnly ? undefined : await keptWork(caseId).catch(() => undefined);
    if (kept)
      file.takeUp(decisionsOf(kept.document, kept.edits), kept.onRevision, kept.message, kept.command as Command);
    return file;
  }

  on(listener: () => void): () => void {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  }
  private tell(): void {
    for (const listener of this.listeners) listener();
  }

  get undoMessage(): string | null {
    return this.undoSteps.at(-1)?.message ?? null;
  }
  get redoMessage(): string | null {
    return this.redoSteps.at(-1)?.message ?? null;
  }

  /** A change: done here at once, kept within a frame, sent within a second. */
  commit(change: Partial<Decisions>, message: string, command: Command): void {
    if (this.readOnly) return;
    const before = this.decisions;
    const after = { ...before, ...change };
    if (sameDecisions(before, after)) return;
    this.undoSteps.push({ before, message, ...(!this.unsent && !this.sending && { revision: this.revision }) });
    this.redoSteps = [];
    this.set(after, message, command);
  }

  /** @throws Refused where an older revision has to be asked for and cannot be */
  async undo(): Promise<void> {
    const step = this.undoSteps.at(-1);
    if (!step || this.readOnly) return;
    const known = typeof step.before === 'number' ? await this.olderOne(step.before) : step.before;
    this.undoSteps.pop();
    this.redoSteps.push({ after: this.decisions, message: step.message });
    const to = typeof step.before === 'number' ? step.before : step.revision;
    this.set(known, `Undo: ${step.message}`, { verb: 'undo', ...(to !== undefined && { to }) });
  }

  redo(): void {
    const step = this.redoSteps.pop();
    if (!step || this.readOnly) return;
    this.undoSteps.push({ before: this.decisions, message: step.message });
    this.set(step.after, step.message, { verb: 'redo' });
  }

  private async olderOne(n: number): Promise<Decisions> {
    const params = { path: { case: this.caseId }, query: { revision: n } };
    const older = await need(api.GET('/cases/{case}/document', { params }));
    return decisionsOf(older.document, older.edits);
  }

  private set(decisions: Decisions, message: string, command: Command): void {
    this.decisions = decisions;
    this.lastCommand = command;
    this.unsent ??= { messages: [], commands: [] };
    this.unsent.messages.push(message);
    this.unsent.commands.push(command);
    this.saving = this.saving.state === 'conflict' ? this.saving : { state: 'saving' };
    void this.keep();
    this.soon(SOON_MS);
    this.tell();
  }

  private takeUp(decisions: Decisions, onRevision: number, message: string, command: Command): void {
    if (sameDecisions(decisions, this.decisions)) {
      void dropWork(this.caseId);
      return;
    }
    if (onRevision !== this.revision) {
      this.conflict({
        code: 'store.conflict',
        message: 'the case was changed while this browser was away',
        hint: 'Take what is on the server, or put the kept work on top of it',
        facts: {},
      });
    }
    this.undoSteps.push({ before: this.decisions, message });
    this.set(decisions, message, command);
  }

  private keep(): Promise<unknown> {
    if (!this.unsent) return Promise.resolve();
    const { document } = this.decisions;
    const message = this.unsent.messages.join('; ').slice(0, 300);
    return keepWork({
      caseId: this.caseId,
      onRevision: this.revision,
      document,
      edits: editsFile(this.decisions),
      message,
      command: this.unsent.commands.at(-1),
    }).catch(() => undefined);
  }

  private soon(ms: number): void {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => void this.send(), ms);
  }

  /** Sends what is not yet on the server. */
  async send(): Promise<void> {
    if (!this.unsent || this.sending || this.saving.state === 'conflict') return;
    this.sending = true;
    const part = this.unsent;
    this.unsent = null;
    const sent = this.decisions;
    try {
      const reply = await need(
        api.PUT('/cases/{case}/document', {
          params: { path: { case: this.caseId } },
          body: {
            document: sent.document,
            edits: editsFile(sent),
            ifRevision: this.revision,
            message: part.messages.join('; ').slice(0, 300),
            command: part.commands.length === 1 ? part.commands[0] : { verb: 'several', commands: part.commands },
          },
        }),
      );
      this.revision = reply.revision;
      this.saving = this.unsent ? { state: 'saving' } : { state: 'saved' };
      if (!this.unsent) await dropWork(this.caseId).catch(() => undefined);
    } catch (e) {
      // What came in meanwhile goes with it.
      const more = this.unsent as CaseFile['unsent'];
      this.unsent = {
        messages: [...part.messages, ...(more?.messages ?? [])],
        commands: [...part.commands, ...(more?.commands ?? [])],
      };
      this.failed(e);
    } finally {
      this.sending = false;
    }
    if (this.unsent && this.saving.state === 'saving') this.soon(0);
    this.tell();
  }

  private failed(e: unknown): void {
    if (e instanceof Refused && e.problem.code === 'store.conflict') this.conflict(e.problem);
    else if (e instanceof Refused && e.status === 401) {
      // Whoever signs in again finds the work where it was.
      this.saving = { state: 'offline' };
      complain(e.problem);
      show({ session: null });
    } else if (e instanceof Refused && e.status < 500 && !WAITS.has(e.problem.code)) {
      this.saving = { state: 'refused', problem: e.problem };
      complain(e.problem);
    } else {
      this.saving = { state: 'offline' };
      this.soon(RETRY_MS);
    }
  }

  private conflict(problem: Problem): void {
    this.saving = { state: 'conflict', problem, revision: Number(problem.facts.revision ?? this.revision) };
  }

  /** After a conflict: what the server has, or this work on top of it. */
  async settle(choice: 'theirs' | 'mine'): Promise<void> {
    const reply = await need(api.GET('/cases/{case}/document', { params: { path: { case: this.caseId } } }));
    this.revision = reply.revision;
    const theirs = decisionsOf(reply.document, reply.edits);
    this.saving = { state: 'saving' };
    if (choice === 'theirs') {
      this.unsent = null;
      this.redoSteps.push({ after: this.decisions, message: 'My work' });
      this.decisions = theirs;
      this.saving = { state: 'saved' };
      await dropWork(this.caseId).catch(() => undefined);
    } else await this.send();
    this.tell();
  }

  /** Somebody else wrote a revision: taken over where nothing of ours is under way. */
  async refresh(): Promise<void> {
    if (this.unsent || this.sending) return;
    const reply = await need(api.GET('/cases/{case}/document', { params: { path: { case: this.caseId } } }));
    if (reply.revision === this.revision || this.unsent || this.sending) return;
    const theirs = decisionsOf(reply.document, reply.edits);
    if (!sameDecisions(theirs, this.decisions))
      this.undoSteps.push({ before: this.decisions, message: 'Change by another person' });
    this.revision = reply.revision;
    this.decisions = theirs;
    this.tell();
  }

  close(): void {
    clearTimeout(this.timer);
    void this.send();
    this.listeners.clear();
  }
}
