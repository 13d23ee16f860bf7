import { dirname, resolve } from 'node:path';
import { OsteonError } from '../../base/index.ts';
import { parseStudy, type StudyDocument } from '../../plan/index.ts';
import { readBytes } from './files.ts';

/** Far above any study written by a person. */
const MAX_STUDY_BYTES = 1e6;

/** A study file, and the paths it names made absolute. @throws io.not-found, io.format, case codes */
export async function readStudy(path: string): Promise<StudyDocument & { readonly near: (file: string) => string }> {
  const bytes = await readBytes(path, MAX_STUDY_BYTES);
  let text: string;
  try {
    text = new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    throw new OsteonError('io.format', { path }, 'A text file in UTF-8 is wanted');
  }
  return { ...parseStudy(text), near: (file) => resolve(dirname(path), file) };
}
