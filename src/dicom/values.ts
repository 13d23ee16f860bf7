import { OsteonError, type Vec3 } from '../base/index.ts';
import { ATTRIBUTES, type Keyword, tagName } from './dictionary.ts';
import { DICOM_LIMITS } from './limits.ts';
import type { DataSet, Element } from './reader.ts';

/** Values of one data set by keyword. An attribute that is absent or empty gives '' or null; a wrong one throws. */

const find = (d: DataSet, keyword: Keyword): Element | undefined => d.elements.get(ATTRIBUTES[keyword][0]);

function bad(keyword: Keyword, e: Element, why: string): OsteonError {
  return new OsteonError('dicom.damaged', { attribute: keyword, tag: tagName(e.tag), byte: e.at, why });
}

/** The raw characters, one per byte, without the padding. */
function raw(d: DataSet, keyword: Keyword): string {
  const e = find(d, keyword);
  if (!e) return '';
  if (e.length > DICOM_LIMITS.text) throw new OsteonError('dicom.limit', { attribute: keyword, characters: e.length });
  if (e.at + e.length > d.bytes.length) throw new OsteonError('io.truncated', { byte: e.at, attribute: keyword });
  let text = '';
  for (let i = 0; i < e.length; i++) text += String.fromCharCode(d.bytes[e.at + i]);
  return text.replace(/[\0 ]+$/, '').replace(/^ +/, '');
}

/** A code, UID, date or number: ASCII. */
export const code = (d: DataSet, keyword: Keyword): string => raw(d, keyword);

/** The values of a multi-valued code. */
export const codes = (d: DataSet, keyword: Keyword): string[] => {
  const text = raw(d, keyword);
  return text === '' ? [] : text.split('\\').map((s) => s.trim());
};

/** Labels of TextDecoder for SpecificCharacterSet. Sets with escape sequences stay as they are, byte for character. */
const CHARACTER_SETS: Readonly<Record<string, string>> = {
  'ISO_IR 100': 'iso-8859-1',
  'ISO_IR 101': 'iso-8859-2',
  'ISO_IR 109': 'iso-8859-3',
  'ISO_IR 110': 'iso-8859-4',
  'ISO_IR 144': 'iso-8859-5',
  'ISO_IR 127': 'iso-8859-6',
  'ISO_IR 126': 'iso-8859-7',
  'ISO_IR 138': 'iso-8859-8',
  'ISO_IR 148': 'windows-1254',
  'ISO_IR 166': 'windows-874',
  'ISO_IR 13': 'shift_jis',
  'ISO_IR 192': 'utf-8',
  GB18030: 'gb18030',
  GBK: 'gbk',
};

/** Text for people, decoded by `characterSet` where it is one this table knows, composed (NFC). */
export function text(d: DataSet, keyword: Keyword, characterSet: string): string {
  const plain = raw(d, keyword);
  const label = CHARACTER_SETS[characterSet];
  if (!label || /^[\x20-\x7e]*$/.test(plain)) return plain;
  const bytes = Uint8Array.from(plain, (c) => c.charCodeAt(0));
  try {
    return new TextDecoder(label, { fatal: true }).decode(bytes).normalize('NFC');
  } catch {
    return plain;
  }
}

const NUMBER = /^[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?$/;

/** Numbers of a DS, IS, FD, US … attribute, whatever of these the file wrote. @throws dicom.damaged */
export function numbers(d: DataSet, keyword: Keyword): number[] {
  const e = find(d, keyword);
  if (!e || e.length === 0) return [];
  if (e.length > 8 * DICOM_LIMITS.text) throw new OsteonError('dicom.limit', { attribute: keyword, bytes: e.length });
  switch (e.vr) {
    case 'US':
    case 'SS':
      return binary(d, keyword, e, 2);
    case 'UL':
    case 'SL':
    case 'FL':
      return binary(d, keyword, e, 4);
    case 'FD':
    case 'UV':
    case 'OV':
      return binary(d, keyword, e, 8);
    case 'DS':
    case 'IS':
      return codes(d, keyword).map((s) => {
        if (!NUMBER.test(s) || !Number.isFinite(Number(s))) throw bad(keyword, e, 'not a number');
        return Number(s);
      });
    default:
      throw bad(keyword, e, `not a number but ${e.vr}`);
  }
}

function binary(d: DataSet, keyword: Keyword, e: Element, size: number): number[] {
  if (e.length % size !== 0) throw bad(keyword, e, `its length ${e.length} is not a multiple of ${size}`);
  if (e.at + e.length > d.bytes.length) throw new OsteonError('io.truncated', { byte: e.at, attribute: keyword });
  const view = new DataView(d.bytes.buffer, d.bytes.byteOffset + e.at, e.length);
  const little = d.littleEndian;
  const out: number[] = [];
  for (let i = 0; i < e.length; i += size) {
    if (e.vr === 'US') out.push(view.getUint16(i, little));
    else if (e.vr === 'SS') out.push(view.getInt16(i, little));
    else if (e.vr === 'UL') out.push(view.getUint32(i, little));
    else if (e.vr === 'SL') out.push(view.getInt32(i, little));
    else if (e.vr === 'FL') out.push(view.getFloat32(i, little));
    else if (e.vr === 'FD') out.push(view.getFloat64(i, little));
    else out.push(Number(view.getBigUint64(i, little)));
  }
  if (!out.every(Number.isFinite)) throw bad(keyword, e, 'not finite');
  return out;
}

/** The first number, or null. */
export const number = (d: DataSet, keyword: Keyword): number | null => numbers(d, keyword)[0] ?? null;

/** A whole number in [least, most], or null where absent. @throws dicom.damaged, dicom.limit */
export function whole(d: DataSet, keyword: Keyword, least: number, most: number): number | null {
  const n = number(d, keyword);
  if (n === null) return null;
  if (n > most) throw new OsteonError('dicom.limit', { attribute: keyword, value: n, limit: most });
  if (!Number.isInteger(n) || n < least)
    throw bad(keyword, find(d, keyword)!, `${n} is not a whole number from ${least}`);
  return n;
}

/** Exactly `n` numbers, or null where the attribute is absent. @throws dicom.damaged */
export function exactly(d: DataSet, keyword: Keyword, n: number): number[] | null {
  const list = numbers(d, keyword);
  if (list.length === 0) return null;
  if (list.length !== n) throw bad(keyword, find(d, keyword)!, `${list.length} values where ${n} belong`);
  return list;
}

export const vec3 = (d: DataSet, keyword: Keyword): Vec3 | null => exactly(d, keyword, 3) as Vec3 | null;

/** The items of a sequence; none where it is absent. */
export const items = (d: DataSet, keyword: Keyword): readonly DataSet[] => find(d, keyword)?.items ?? [];
