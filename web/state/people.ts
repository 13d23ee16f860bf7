import { api, asProblem, need, type Session, setCsrf } from './api.ts';
import { complain, show, view } from './view.ts';

/** `#link=…` and `#share=…` sign in; `#case=…` opens. A token never stays in the address. */
export function readHash(): { link?: string; share?: string; case?: string } {
  const hash = new URLSearchParams(location.hash.slice(1));
  const get = (key: string) => hash.get(key) ?? undefined;
  const [link, share, id] = [get('link'), get('share'), get('case')];
  return { ...(link && { link }), ...(share && { share }), ...(id && { case: id }) };
}

export async function signIn(
  by: { name: string; password: string } | { link: string } | { share: string },
): Promise<Session> {
  const session = await need(api.POST('/session', { body: by }));
  take(session);
  return session;
}

function take(session: Session): void {
  setCsrf(session.csrf);
  show({ session, readOnly: session.user === null });
}

/** Signs in with what the address says, or goes on with the session there is. */
export async function begin(): Promise<void> {
  const { link, share, case: id } = readHash();
  try {
    if (link || share) {
      history.replaceState(null, '', `${location.pathname}${id ? `#case=${id}` : ''}`);
      await signIn(link ? { link } : { share: share! });
    } else take(await need(api.GET('/session')));
  } catch (e) {
    const problem = asProblem(e);
    if (link || share || problem.code === 'net.lost') complain(problem);
  }
  route();
}

/** The page that the address names. */
export function route(): void {
  const id = readHash().case ?? view().session?.share?.case;
  show({ route: id ? { page: 'case', id } : { page: 'cases' } });
}

export async function signOut(): Promise<void> {
  await need(api.DELETE('/session')).catch(() => undefined);
  setCsrf(undefined);
  location.hash = '';
  show({ session: null, route: { page: 'cases' } });
}
