import { OsteonError } from '../../base/index.ts';
import type { Handlers } from '../http/handlers.ts';
import { contentHash, DRAFT, PLACES, shownOf } from './content.ts';
import { caseView, isActive, jobView } from './views.ts';

type Book = Pick<
  Handlers,
  'listCases' | 'createCase' | 'getCase' | 'changeCase' | 'listJobs' | 'cancelJob' | 'listArtefacts'
>;

export const BOOK: Book = {
  listCases: async (_, services) =>
    Promise.all((await services.store.cases({ visibleTo: services.user.id })).map((c) => caseView(c, services))),

  async createCase({ body: { label, procedure = '' } }, services) {
    const { store, objects, by } = services;
    const { sha256 } = await objects.put(new TextEncoder().encode(DRAFT));
    const made = await store.createCase({ label, procedure }, by);
    const draft = { ifRevision: made.revision, documentSha256: sha256, message: 'New case', command: null };
    return caseView((await store.commit(made.id, draft, by)).case, services);
  },

  async getCase(_, services) {
    const { revision, stale } = await shownOf(services, services.case);
    return {
      ...(await caseView(services.case, services)),
      contentSha256: await contentHash(services, services.case),
      stale,
      resultRevision: revision,
    };
  },

  async changeCase({ body }, services) {
    const { store, by, user } = services;
    const found = services.case;
    if (body.members) {
      if (found.owner !== user.id) throw new OsteonError('auth.role', {}, 'Only the owner chooses the members');
      const known = new Set((await store.users()).map((u) => u.id));
      if (body.members.some((id) => !known.has(id))) throw new OsteonError('store.not-found', { kind: 'user' });
    }
    if (body.state && (found.state === 'approved' || found.state === 'computing'))
      throw new OsteonError(
        'review.stands',
        { state: found.state },
        'Change the document: that makes an approval void',
      );
    const { label, members, waitingFor, state } = body;
    const changed = await store.changeCase(
      found.id,
      {
        ...(label !== undefined && { label }),
        ...(members && { members: [...new Set(members)] }),
        ...(waitingFor !== undefined && { waitingFor }),
        ...(state && { state }),
      },
      by,
    );
    return caseView(changed, services);
  },

  listJobs: async (_, { store, case: { id } }) => (await store.jobs({ caseId: id })).map(jobView),

  async cancelJob({ params }, { store, by, case: { id } }) {
    const job = await store.job(params.job);
    if (job?.caseId !== id) throw new OsteonError('store.not-found', { kind: 'job' });
    return jobView(isActive(job) ? await store.cancel(job.id, by) : job);
  },

  async listArtefacts({ query: { revision } }, services) {
    const files =
      revision === undefined
        ? (await shownOf(services, services.case)).files
        : await services.store.artefacts(services.case.id, revision);
    return files.filter(({ path }) => !path.startsWith(PLACES.slices)).map((file) => ({ ...file }));
  },
};
