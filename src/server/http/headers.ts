/**
 * What a page of ours may do: scripts, styles and connections of this origin only, workers and WebAssembly, pictures
 * made in place. No frames, no plug-ins, no forms to elsewhere, no other base.
 */
const PAGE_POLICY = [
  "default-src 'none'",
  "script-src 'self' 'wasm-unsafe-eval'",
  "style-src 'self' 'unsafe-inline'",
  "img-src 'self' blob: data:",
  "font-src 'self'",
  "connect-src 'self'",
  "worker-src 'self'",
  "frame-src 'self'",
  "manifest-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join('; ');

/** Everything that is not one of our pages: if a browser shows it all the same, nothing in it may run or load. */
export const INERT_POLICY = "default-src 'none'; frame-ancestors 'none'; sandbox";
/** The report: our own page with its pictures inside; no script, no connection. */
export const REPORT_POLICY =
  "default-src 'none'; img-src data:; style-src 'unsafe-inline'; frame-ancestors 'self'; sandbox";

const COMMON = {
  'X-Content-Type-Options': 'nosniff',
  'Referrer-Policy': 'no-referrer',
  'Cross-Origin-Opener-Policy': 'same-origin',
  'Cross-Origin-Embedder-Policy': 'require-corp',
  'Cross-Origin-Resource-Policy': 'same-origin',
  'X-Frame-Options': 'DENY',
  'Permissions-Policy': 'camera=(), microphone=(), geolocation=(), payment=(), usb=()',
  'Cache-Control': 'no-store',
} as const;

/** Headers of every answer; a page, or data. */
export function securityHeaders(kind: 'page' | 'data', secure: boolean): Record<string, string> {
  return {
    ...COMMON,
    'Content-Security-Policy': kind === 'page' ? PAGE_POLICY : INERT_POLICY,
    ...(secure && { 'Strict-Transport-Security': 'max-age=31536000' }),
  };
}
