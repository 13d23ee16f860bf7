import { OsteonError } from '../base/index.ts';
import { latin1, requireLimit, utf8 } from './bytes.ts';
import { IO_LIMITS } from './limits.ts';

export interface XmlHandler {
  /** `name` without its namespace prefix. `attribute` answers by local or full name. */
  open(name: string, attribute: (name: string) => string | undefined): void;
  close(name: string): void;
  /** Text between tags that is not only white space, entities resolved. */
  text(text: string): void;
}

const [LT, GT, SLASH, QUOTE, APOSTROPHE, EQUALS, BANG, QUESTION] = [60, 62, 47, 34, 39, 61, 33, 63];

/**
 * A pass over XML without a document type: `<!DOCTYPE` is refused, so entities cannot grow or fetch anything; only the five
 * built-in entities and character references are known. Attributes are read when asked for.
 * @throws io.format, io.truncated, io.limit @cost O(bytes)
 */
export function scanXml(bytes: Uint8Array, handler: XmlHandler): void {
  if ((bytes[0] === 0xff && bytes[1] === 0xfe) || (bytes[0] === 0xfe && bytes[1] === 0xff))
    throw new OsteonError('io.unsupported', { what: 'XML in UTF-16' });
  const stack: string[] = [];
  let at = bytes[0] === 0xef ? 3 : 0;
  let roots = 0;
  while (at < bytes.length) {
    const lt = bytes.indexOf(LT, at);
    const textEnd = lt < 0 ? bytes.length : lt;
    if (hasInk(bytes, at, textEnd)) {
      if (stack.length === 0) bad('text outside the root', at);
      requireLimit('XML text', textEnd - at, IO_LIMITS.headerBytes);
      handler.text(decode(bytes, at, textEnd));
    }
    if (lt < 0) break;
    const c = bytes[lt + 1];
    if (c === BANG || c === QUESTION) {
      at = skipMarkup(bytes, lt, handler, stack.length);
      continue;
    }
    const gt = tagEnd(bytes, lt + 1);
    if (c === SLASH) {
      const name = nameAt(bytes, lt + 2, gt);
      if (stack.pop() !== name) bad('end tag without start', lt);
      handler.close(local(name));
    } else {
      const name = nameAt(bytes, lt + 1, gt);
      const empty = bytes[gt - 1] === SLASH;
      if (stack.length === 0 && ++roots > 1) bad('second root', lt);
      const from = lt + 1 + name.length;
      handler.open(local(name), (wanted) => attributeOf(bytes, from, empty ? gt - 1 : gt, wanted));
      if (empty) handler.close(local(name));
      else requireLimit('XML depth', stack.push(name), IO_LIMITS.xmlDepth);
    }
    at = gt + 1;
  }
  if (stack.length > 0 || roots === 0) throw new OsteonError('io.truncated', { what: 'XML', open: stack.length });
}

function bad(reason: string, at: number): never {
  throw new OsteonError('io.format', { what: 'XML', reason, at });
}

function hasInk(bytes: Uint8Array, from: number, to: number): boolean {
  for (let i = from; i < to; i++) if (bytes[i] > 32) return true;
  return false;
}

/** Past a comment, a CDATA part or a processing instruction. */
function skipMarkup(bytes: Uint8Array, lt: number, handler: XmlHandler, depth: number): number {
  const start = latin1(bytes, lt, Math.min(bytes.length, lt + 9));
  if (start.startsWith('<!--')) return find(bytes, lt + 4, '-->') + 3;
  if (start.startsWith('<?')) return find(bytes, lt + 2, '?>') + 2;
  if (start !== '<![CDATA[' || depth === 0) bad('document type or unknown markup', lt);
  const end = find(bytes, lt + 9, ']]>');
  requireLimit('XML text', end - lt, IO_LIMITS.headerBytes);
  if (hasInk(bytes, lt + 9, end)) handler.text(utf8(bytes.subarray(lt + 9, end)));
  return end + 3;
}

function find(bytes: Uint8Array, from: number, mark: string): number {
  for (let i = bytes.indexOf(mark.charCodeAt(0), from); i >= 0; i = bytes.indexOf(mark.charCodeAt(0), i + 1))
    if (latin1(bytes, i, Math.min(bytes.length, i + mark.length)) === mark) return i;
  throw new OsteonError('io.truncated', { what: 'XML', at: from });
}

/** The `>` of a tag; one inside quotes does not count. */
function tagEnd(bytes: Uint8Array, from: number): number {
  let quote = 0;
  for (let i = from; i < bytes.length; i++) {
    const c = bytes[i];
    if (quote !== 0) {
      if (c === quote) quote = 0;
    } else if (c === QUOTE || c === APOSTROPHE) quote = c;
    else if (c === GT) return i;
    else if (c === LT) bad('< inside a tag', i);
  }
  throw new OsteonError('io.truncated', { what: 'XML', at: from });
}

const isNameByte = (c: number): boolean => c > 32 && c !== SLASH && c !== GT && c !== EQUALS && c !== LT;

function nameAt(bytes: Uint8Array, from: number, end: number): string {
  let to = from;
  while (to < end && isNameByte(bytes[to])) to++;
  if (to === from || to - from > 256) bad('name', from);
  return latin1(bytes, from, to);
}

const local = (name: string): string => name.slice(name.indexOf(':') + 1);

function attributeOf(bytes: Uint8Array, from: number, end: number, wanted: string): string | undefined {
  let at = from;
  for (;;) {
    while (at < end && bytes[at] <= 32) at++;
    if (at >= end) return undefined;
    const start = at;
    while (at < end && isNameByte(bytes[at])) at++;
    const nameEnd = at;
    while (at < end && bytes[at] <= 32) at++;
    if (nameEnd === start || bytes[at] !== EQUALS) bad('attribute', start);
    at++;
    while (at < end && bytes[at] <= 32) at++;
    const quote = bytes[at];
    if (quote !== QUOTE && quote !== APOSTROPHE) bad('attribute without quotes', at);
    const valueFrom = at + 1;
    const valueEnd = bytes.indexOf(quote, valueFrom);
    if (valueEnd < 0 || valueEnd >= end) bad('attribute without end', at);
    at = valueEnd + 1;
    if (!nameIs(bytes, start, nameEnd, wanted)) continue;
    requireLimit('XML attribute', valueEnd - valueFrom, IO_LIMITS.headerBytes);
    return decode(bytes, valueFrom, valueEnd);
  }
}

function nameIs(bytes: Uint8Array, from: number, to: number, wanted: string): boolean {
  if (to - from !== wanted.length) return false;
  for (let i = 0; i < wanted.length; i++) if (bytes[from + i] !== wanted.charCodeAt(i)) return false;
  return true;
}

const ENTITIES: Readonly<Record<string, string>> = { lt: '<', gt: '>', amp: '&', quot: '"', apos: "'" };

function decode(bytes: Uint8Array, from: number, to: number): string {
  let plain = true;
  for (let i = from; i < to && plain; i++) plain = bytes[i] < 128 && bytes[i] !== 38;
  if (plain) return latin1(bytes, from, to);
  return utf8(bytes.subarray(from, to)).replace(/&([^;&]{0,10});?/g, (whole, name: string) => {
    if (!whole.endsWith(';')) return bad('entity', from);
    if (Object.hasOwn(ENTITIES, name)) return ENTITIES[name];
    const code = /^#x[0-9a-f]+$/i.test(name)
      ? Number.parseInt(name.slice(2), 16)
      : /^#\d+$/.test(name)
        ? Number(name.slice(1))
        : -1;
    return code > 0 && code <= 0x10ffff ? String.fromCodePoint(code) : bad('unknown entity', from);
  });
}

/** Text made safe for an attribute or element; control characters become spaces. */
export const escapeXml = (text: string): string =>
  text
    .replace(/[\p{Cc}\ufffe\uffff]/gu, ' ')
    .replace(/[&<>"']/g, (c) => ({ '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&apos;' })[c]!);
