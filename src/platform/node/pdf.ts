import { createRequire } from 'node:module';
import type { PdfEngine } from '../../plan/index.ts';

interface PdfMake {
  setFonts(fonts: object): void;
  setUrlAccessPolicy(policy: (url: string) => boolean): void;
  setLocalAccessPolicy(policy: (path: string) => boolean): void;
  createPdf(definition: object): { getBuffer(): Promise<Uint8Array> };
}

/** A fixed day: a report is a function of its case, and the clock is not part of a case. */
const FIXED_DATE = new Date(Date.UTC(2000, 0, 1));

/** PDF by pdfmake with the open font Roboto inside; the same definition gives the same bytes. Opens no other file or address. */
export const createPdf: PdfEngine = async (definition) => {
  const require = createRequire(import.meta.url);
  const pdfmake = require('pdfmake') as PdfMake;
  const fonts = require('pdfmake/fonts/Roboto.js') as { Roboto: Record<string, string> };
  const allowed = new Set(Object.values(fonts.Roboto));
  pdfmake.setFonts(fonts);
  pdfmake.setUrlAccessPolicy(() => false);
  pdfmake.setLocalAccessPolicy((path) => allowed.has(path));
  const { info } = definition as { info?: object };
  return pdfmake.createPdf({ ...definition, info: { ...info, creationDate: FIXED_DATE } }).getBuffer();
};
