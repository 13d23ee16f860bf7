import { createHash, randomBytes, timingSafeEqual } from 'node:crypto';

/** 256 random bits, 43 characters. */
export const newToken = (): string => randomBytes(32).toString('base64url');

/** What is stored of a token: whoever reads the database cannot sign in with it. */
export const tokenHash = (token: string): string => createHash('sha256').update(token).digest('hex');

/** In a time that does not tell how much of it was right. */
export function sameSecret(a: string, b: string): boolean {
  const [x, y] = [a, b].map((s) => createHash('sha256').update(s).digest());
  return timingSafeEqual(x, y);
}

/** A token that opens once, within a time. */
export interface OneTime {
  readonly token: string;
  /** True once. */
  take(token: string): boolean;
}
export function createOneTime(ttlMs: number, now: () => number): OneTime {
  const token = newToken();
  let until = now() + ttlMs;
  return {
    token,
    take(given) {
      const good = sameSecret(given, token) && now() < until;
      if (good) until = 0;
      return good;
    },
  };
}
