import { ERROR_CODES, type ErrorCode } from './error-codes.ts';

/**
 * "Cannot answer": a code from the one table, the numbers behind it (units in the keys), and what to do next.
 * Everything a person can cause is thrown as this; anything else that is thrown is a fault of ours (exit code 4).
 */
export class OsteonError extends Error {
  override readonly name = 'OsteonError';
  readonly code: ErrorCode;
  readonly facts: Facts;
  readonly hint: string;
  constructor(code: ErrorCode, facts: Facts = {}, hint = '') {
    const list = Object.entries(facts)
      .map(([k, v]) => `${k}=${typeof v === 'number' && !Number.isInteger(v) ? Number(v.toPrecision(6)) : v}`)
      .join(', ');
    super(`${code}: ${ERROR_CODES[code]}${list ? ` (${list})` : ''}${hint ? `. ${hint}` : ''}`);
    this.code = code;
    this.facts = facts;
    this.hint = hint;
  }
}

export type Facts = Readonly<Record<string, number | string | boolean>>;

/** Structured clone drops the class and its fields, so workers send this instead. */
export interface WireError {
  readonly code: ErrorCode;
  readonly facts: Facts;
  readonly hint: string;
}
export const errorToWire = (e: OsteonError): WireError => ({ code: e.code, facts: e.facts, hint: e.hint });
export const errorFromWire = (w: WireError): OsteonError => new OsteonError(w.code, w.facts, w.hint);
