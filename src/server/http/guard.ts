import type { FastifyRequest } from 'fastify';
import { OsteonError } from '../../base/index.ts';
import type { Role, Route } from '../api/route.ts';
import { sameSecret, tokenHash } from '../auth/tokens.ts';
import type { Services } from '../services.ts';
import type { Case, Session, Share, User } from '../store/types.ts';
import { readCookie } from './cookies.ts';

/** Under which addresses the server is reached. */
export interface Site {
  /** `http://127.0.0.1:8420`; more than one where a loopback address has several names. */
  readonly origins: readonly string[];
  readonly secure: boolean;
  readonly cookie: string;
}

/** Who calls. */
export type Principal =
  | { readonly kind: 'user'; readonly user: User; readonly session: Session; readonly token: string }
  | { readonly kind: 'share'; readonly share: Share; readonly token: string };

/** How long a session lives unused, and at most; then it is renewed while in use. */
export const SESSION_MS = {
  local: { idle: 12 * 3_600_000, most: 7 * 24 * 3_600_000 },
  server: { idle: 30 * 60_000, most: 12 * 3_600_000 },
} as const;
const TOUCH_EVERY_MS = 30_000;
/** Marks the cookie of a share link. */
const SHARE_MARK = 's.';
export const shareCookie = (token: string): string => `${SHARE_MARK}${token}`;

/** The token that changes must carry: kept with a session, derived for a share link. */
export const csrfOf = (p: Principal): string =>
  p.kind === 'user' ? p.session.csrf : tokenHash(`csrf ${p.token}`).slice(0, 43);

/** DNS that was bent to point here still sends its own name. @throws http.host */
export function checkHost(request: FastifyRequest, site: Site): void {
  const host = request.headers.host ?? '';
  if (!site.origins.some((origin) => origin.endsWith(`//${host}`)))
    throw new OsteonError('http.host', {}, 'Use the address the server was started with');
}

/** Whoever the cookie says, as far as the store agrees: what is over by the database's clock, it does not give out. */
export async function principalOf(
  request: FastifyRequest,
  { store, mode, now }: Services,
  site: Site,
): Promise<Principal | null> {
  const value = readCookie(request.headers.cookie, site.cookie);
  if (!value || !/^(s\.)?[A-Za-z0-9_-]{43}$/.test(value)) return null;
  if (value.startsWith(SHARE_MARK)) {
    const token = value.slice(SHARE_MARK.length);
    const share = await store.share(tokenHash(token));
    return share ? { kind: 'share', share, token } : null;
  }
  const hash = tokenHash(value);
  const found = await store.session(hash);
  if (!found?.user.active) return null;
  const { idle, most } = SESSION_MS[mode];
  const { session, user } = found;
  if (now() - session.createdAt > most) {
    await store.endSession(hash);
    return null;
  }
  // One that was given another time (because it was renewed, or is a program's) keeps it.
  const isUsual = Math.abs(session.expiresAt - session.seenAt - idle) < 1000;
  if (isUsual && now() - session.seenAt > TOUCH_EVERY_MS) await store.touchSession(hash, idle);
  return { kind: 'user', user, session, token: value };
}

/** A change must come from our own page (or from no browser), and from someone who knows the session's token. @throws auth.csrf */
export function checkForgery(request: FastifyRequest, route: Route, who: Principal | null, site: Site): void {
  if (route.method === 'GET') return;
  const { origin, 'sec-fetch-site': fetchSite, 'x-csrf-token': token } = request.headers;
  const foreign = origin !== undefined && !site.origins.includes(origin);
  if (foreign || (fetchSite !== undefined && fetchSite !== 'same-origin' && fetchSite !== 'none'))
    throw new OsteonError('auth.csrf', {}, 'Open the planner at its own address');
  if (route.csrf === 'token' && !(who && typeof token === 'string' && sameSecret(token, csrfOf(who))))
    throw new OsteonError('auth.csrf', {}, 'Reload the page and try again');
}

const maySee = (who: Principal, found: Case): boolean =>
  who.kind === 'share'
    ? who.share.caseId === found.id
    : found.owner === who.user.id || found.members.includes(who.user.id);

/**
 * Whether this person may call this route about this case. A case one may not see is answered exactly like one that does
 * not exist.
 * @throws auth.needed, store.not-found, auth.role
 * @returns the case the route is about
 */
export async function authorise(
  route: Route,
  who: Principal | null,
  caseId: string | undefined,
  { store }: Services,
): Promise<Case | undefined> {
  const { owner } = route;
  if (owner.rule === 'public') return undefined;
  if (!who) throw new OsteonError('auth.needed', {}, 'Sign in first');
  let found: Case | undefined;
  if (owner.rule === 'case') {
    found = caseId && /^[A-Za-z0-9_-]{1,64}$/.test(caseId) ? await store.case(caseId) : undefined;
    if (!found || !maySee(who, found)) throw new OsteonError('store.not-found', { kind: 'case' });
  }
  const allowed = who.kind === 'user' ? hasRole(who.user, route.roles) : owner.rule !== 'role' && owner.share === true;
  if (!allowed) throw new OsteonError('auth.role', {}, `Ask someone who is ${route.roles.join(' or ')}`);
  return found;
}
const hasRole = (user: User, roles: readonly Role[]): boolean => user.roles.some((role) => roles.includes(role));
