/** Name of the session cookie. Over TLS the browser itself then refuses to take it from anyone but this host. */
export const cookieName = (secure: boolean, port: number): string => (secure ? '__Host-osteon' : `osteon-${port}`);

/** One cookie out of the header; the first of a name counts. */
export function readCookie(header: string | undefined, name: string): string | undefined {
  for (const part of (header ?? '').slice(0, 8192).split(';')) {
    const at = part.indexOf('=');
    if (at > 0 && part.slice(0, at).trim() === name) return part.slice(at + 1).trim();
  }
  return undefined;
}

/** Not readable by scripts, not sent from other sites. An empty value takes the cookie away. */
export function cookieText(name: string, value: string, secure: boolean, maxAgeS: number): string {
  const parts = [`${name}=${value}`, 'Path=/', 'HttpOnly', 'SameSite=Strict', `Max-Age=${value ? maxAgeS : 0}`];
  return [...parts, ...(secure ? ['Secure'] : [])].join('; ');
}
