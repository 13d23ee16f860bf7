import type { IncomingHttpHeaders } from 'node:http';
import type { Readable } from 'node:stream';
import type { Call, Reply, ROUTES, RouteName } from '../api/routes.ts';
import type { Services } from '../services.ts';
import type { Actor, Case, User } from '../store/types.ts';
import type { Principal } from './guard.ts';

/** What every handler is given beside the checked request. */
export interface Context extends Services {
  /** For the audit trail. */
  readonly by: Actor;
  /** Sets the session cookie, or takes it away. */
  readonly setCookie: (value: string, maxAgeS: number) => void;
  /** Who asks, for the count of wrong passwords and the trail; an address, never a name. */
  readonly address: string;
}
/** The body of an upload as it arrives; nothing of it has been read. */
export interface Upload {
  readonly stream: Readable;
  readonly headers: IncomingHttpHeaders;
}

type OwnerOf<N extends RouteName> = (typeof ROUTES)[N]['owner'];
type Shared<N extends RouteName> = OwnerOf<N> extends { share: true } ? true : false;
type ContextOf<N extends RouteName> = Context &
  (OwnerOf<N>['rule'] extends 'public'
    ? { readonly who: Principal | null }
    : Shared<N> extends true
      ? { readonly who: Principal }
      : { readonly who: Extract<Principal, { kind: 'user' }>; readonly user: User }) &
  (OwnerOf<N>['rule'] extends 'case' ? { readonly case: Case } : unknown) &
  ((typeof ROUTES)[N] extends { body: 'stream' } ? { readonly upload: Upload } : unknown);

/** The code of one operation; runs only after sign-in, role, owner, limits and the shape of the request were checked. */
export type Handler<N extends RouteName> = (call: Call<N>, context: ContextOf<N>) => Promise<Reply<N>>;
/** `getEvents` is served by the connection itself. */
export type Handlers = { readonly [N in Exclude<RouteName, 'getEvents'>]: Handler<N> };
