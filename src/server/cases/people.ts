import { OsteonError } from '../../base/index.ts';
import { checkPassword, hashPassword } from '../auth/passwords.ts';
import { newToken, tokenHash } from '../auth/tokens.ts';
import { csrfOf, type Principal, SESSION_MS, shareCookie } from '../http/guard.ts';
import type { Context, Handlers } from '../http/handlers.ts';
import type { User } from '../store/types.ts';
import { timeText, userView } from './views.ts';

/** Wrong passwords until the account closes, and for how long. */
export const LOCK = { failures: 10, ms: 15 * 60_000 } as const;
/** The one user of a server that nobody else reaches. */
export const LOCAL_USER = 'local';

type People = Pick<
  Handlers,
  | 'getHealth'
  | 'createSession'
  | 'getSession'
  | 'deleteSession'
  | 'changePassword'
  | 'listUsers'
  | 'createUser'
  | 'changeUser'
>;

export const PEOPLE: People = {
  getHealth: async (_, { version }) => ({ ok: true, version }),

  async createSession({ body }, context) {
    // Whatever cookie came with the request is worth nothing from here on.
    if (context.who?.kind === 'user') await context.store.endSession(context.who.session.tokenHash);
    if ('share' in body) return openShare(body.share, context);
    const user = 'link' in body ? await byLink(body.link, context) : await byPassword(body, context);
    return openSession(user, context);
  },

  async getSession(_, context) {
    const { who } = context;
    if (who.kind === 'user' && context.now() - who.session.createdAt > RENEW_MS) return renewSession(who, context);
    return sessionView(who, context);
  },

  async deleteSession(_, { who, store, setCookie, by }) {
    if (who.kind === 'user') {
      await store.endSession(who.session.tokenHash);
      await store.audit({ action: 'session.end', subject: `user/${who.user.id}` }, by);
    }
    setCookie('', 0);
    return undefined;
  },

  async changePassword({ body }, context) {
    const { user, store, by } = context;
    await checkLogin(user.name, body.old, context);
    await store.changeUser(user.id, { passwordHash: await hashPassword(body.new) }, by);
    await store.endSessionsOf(user.id);
    return openSession(user, context);
  },

  listUsers: async (_, { store }) => (await store.users()).filter((u) => u.active).map(userView),

  createUser: async ({ body: { name, roles, password } }, { store, by }) =>
    userView(await store.createUser({ name, roles, passwordHash: await hashPassword(password) }, by)),

  async changeUser({ params, body: { roles, password, disabled } }, { store, by }) {
    const admins = (await store.users()).filter((u) => u.active && u.roles.includes('admin'));
    const loses = disabled === true || (roles !== undefined && !roles.includes('admin'));
    if (loses && admins.length === 1 && admins[0].id === params.user)
      throw new OsteonError('auth.last-admin', {}, 'Make another admin first');
    const changed = await store.changeUser(
      params.user,
      {
        ...(roles && { roles }),
        ...(disabled !== undefined && { active: !disabled }),
        ...(password && { passwordHash: await hashPassword(password) }),
      },
      by,
    );
    // Whatever the person was before must be asked for again.
    await store.endSessionsOf(changed.id);
    return userView(changed);
  },
};

/** A session's token is exchanged for a new one after this time, when the planner next asks who it is. */
const RENEW_MS = 60 * 60_000;
/** Requests that were under way with the old token still pass. */
const OVERLAP_MS = 60_000;

async function renewSession(who: Extract<Principal, { kind: 'user' }>, context: Context) {
  await context.store.touchSession(who.session.tokenHash, OVERLAP_MS);
  return openSession(who.user, context);
}

async function openSession(user: User, context: Context) {
  const { store, mode, setCookie } = context;
  const token = newToken();
  const { idle, most } = SESSION_MS[mode];
  const session = await store.addSession({
    tokenHash: tokenHash(token),
    userId: user.id,
    csrf: newToken(),
    ttlMs: idle,
  });
  setCookie(token, most / 1000);
  await store.audit({ action: 'session.start', subject: `user/${user.id}` }, user);
  return sessionView({ kind: 'user', user, session, token }, context);
}

async function openShare(token: string, context: Context) {
  const share = await context.store.share(tokenHash(token));
  if (!share || share.expiresAt <= context.now())
    throw new OsteonError('auth.link', {}, 'Ask for a new link to the case');
  context.setCookie(shareCookie(token), Math.max(1, Math.floor((share.expiresAt - context.now()) / 1000)));
  return sessionView({ kind: 'share', share, token }, context);
}

async function byLink(token: string, { link, store, by }: Context): Promise<User> {
  const found = link?.take(token) ? (await store.login(LOCAL_USER))?.user : undefined;
  if (!found?.active) {
    await store.audit({ action: 'session.refused', subject: 'link/local' }, by);
    throw new OsteonError('auth.link', {}, 'Start the server again for a new link');
  }
  return found;
}

const byPassword = ({ name, password }: { name: string; password: string }, context: Context): Promise<User> =>
  checkLogin(name, password, context);

/**
 * The person of this name, if this is the password. An unknown name, a wrong password and a closed account of someone
 * else look the same from outside and take the same time.
 * @throws auth.refused, auth.locked
 */
export async function checkLogin(name: string, password: string, { store, now, by }: Context): Promise<User> {
  const login = await store.login(name);
  const locked = login !== undefined && login.lockedUntil > now();
  const good = await checkPassword(locked ? undefined : login?.passwordHash || undefined, password);
  if (locked) throw lockedError(login.lockedUntil - now());
  if (login && good && login.user.active) {
    await store.clearFailures(login.user.id);
    return login.user;
  }
  if (login) {
    const { lockedUntil } = await store.countFailure(login.user.id, LOCK.failures, LOCK.ms);
    await store.audit({ action: 'session.refused', subject: `user/${login.user.id}` }, by);
    if (lockedUntil > now()) throw lockedError(lockedUntil - now());
  }
  throw new OsteonError('auth.refused');
}

const lockedError = (ms: number) =>
  new OsteonError('auth.locked', { minutes: Math.ceil(ms / 60_000) }, 'Wait, or ask an admin for a new password');

const sessionView = (who: Principal, { mode, version }: Context) => ({
  user: who.kind === 'user' ? userView(who.user) : null,
  csrf: csrfOf(who),
  expiresAt: timeText(who.kind === 'user' ? who.session.expiresAt : who.share.expiresAt),
  mode,
  share: who.kind === 'share' ? { case: who.share.caseId, expiresAt: timeText(who.share.expiresAt) } : null,
  version,
});
