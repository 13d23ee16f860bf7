import { OsteonError } from '../../base/index.ts';
import { newToken, tokenHash } from '../auth/tokens.ts';
import type { Handlers } from '../http/handlers.ts';
import { contentHash, fileAt, jsonOf, PLACES, shownOf } from './content.ts';
import { checkLogin } from './people.ts';
import { commentView, isActive, reviewView, shareView, timeText } from './views.ts';

type Talk = Pick<
  Handlers,
  | 'listComments'
  | 'createComment'
  | 'changeComment'
  | 'listReviews'
  | 'createReview'
  | 'listShares'
  | 'createShare'
  | 'revokeShare'
  | 'listTrail'
>;

const TRAIL_ROWS = 500;

export const TALK: Talk = {
  listComments: async (_, { store, case: { id } }) => (await store.comments(id)).map(commentView),

  createComment: async ({ body }, { store, by, case: { id, revision } }) =>
    commentView(await store.addComment(id, { ...body, revision }, by)),

  async changeComment({ params, body }, { store, by, case: { id } }) {
    if (!(await store.comments(id)).some((c) => c.id === params.comment))
      throw new OsteonError('store.not-found', { kind: 'comment' });
    return commentView(await store.resolveComment(id, params.comment, body.resolved, by));
  },

  listReviews: async (_, { store, case: { id } }) => (await store.reviews(id)).map(reviewView),

  async createReview({ body: { meaning, note = '', contentSha256, role, password } }, services) {
    const { store, by, user, mode, case: found } = services;
    if (!user.roles.includes(role)) throw new OsteonError('auth.role', {}, `You do not sign as ${role}`);
    if (mode === 'server') await checkLogin(user.name, password ?? '', services);
    if ((await contentHash(services, found)) !== contentSha256)
      throw new OsteonError('review.changed', { revision: found.revision }, 'Look at it again, then decide');
    if (meaning === 'approve') await requireSound(services);
    return reviewView(
      await store.addReview(found.id, { revision: found.revision, contentSha256, role, meaning, note }, by),
    );

    /** What is approved has been computed from this very document, and nothing in it blocks. */
    async function requireSound(s: typeof services): Promise<void> {
      const jobs = await store.jobs({ caseId: found.id });
      if (jobs.some(isActive)) throw new OsteonError('case.busy', {}, 'Wait until the case is computed');
      const { revision, stale, files } = await shownOf(s, found);
      if (revision === null || stale)
        throw new OsteonError('review.stale', {}, 'Run the case, look again, then approve');
      const manifest = fileAt(files, `${PLACES.out}manifest.json`, 'Run the case first');
      const { verdict } = await jsonOf<{ verdict: string }>(s, manifest);
      if (verdict === 'block')
        throw new OsteonError('review.blocked', {}, 'Change the plan, or override the finding with a reason');
    }
  },

  async listTrail({ query: { after } }, { store, case: { id } }) {
    const rows = await store.auditRows({ caseId: id, limit: TRAIL_ROWS, ...(after !== undefined && { after }) });
    return rows.map(({ seq, at, actorName, action, subject, detail, hash }) => ({
      seq,
      at: timeText(at),
      actor: actorName,
      action,
      subject,
      detail: JSON.parse(detail),
      hash,
    }));
  },

  listShares: async (_, { store, case: { id } }) => (await store.shares(id)).map(shareView),

  async createShare({ body: { hours } }, { store, by, case: { id } }) {
    const token = newToken();
    const ttlMs = Math.round(hours * 3_600_000);
    const share = await store.addShare({ tokenHash: tokenHash(token), caseId: id, readOnly: true, ttlMs }, by);
    // Behind the hash sign: browsers keep that to themselves, so it reaches no log on the way.
    return { ...shareView(share), token, path: `/#share=${token}` };
  },

  async revokeShare({ params }, { store, by, case: { id } }) {
    if (!(await store.shares(id)).some((s) => s.tokenHash === params.share))
      throw new OsteonError('store.not-found', { kind: 'share' });
    await store.endShare(params.share, by);
    return undefined;
  },
};
