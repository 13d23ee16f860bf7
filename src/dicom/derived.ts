import { readElements } from './reader.ts';
import type { DicomFile, Inflate, Series } from './types.ts';
import { uidFrom } from './uid.ts';
import { code, text } from './values.ts';
import type { NewElements } from './writer.ts';

/** What an object that is made from a series takes over from it, so that an archive files it with the same study. */
export interface SeriesContext {
  readonly patient: { readonly name: string; readonly id: string; readonly birthDate: string; readonly sex: string };
  readonly studyInstanceUid: string;
  readonly studyDate: string;
  readonly studyTime: string;
  readonly studyId: string;
  readonly accession: string;
  readonly frameOfReferenceUid: string;
  readonly seriesInstanceUid: string;
  readonly sopClassUid: string;
  /** Instances of the series, in the order of its planes. */
  readonly sopInstanceUids: readonly string[];
}

/** @param file any file of the series */
export function seriesContext(series: Series, file: DicomFile, inflate?: Inflate): SeriesContext {
  const { dataSet: d } = readElements(file, inflate);
  const set = code(d, 'SpecificCharacterSet').split('\\')[0];
  const { summary } = series;
  return {
    patient: {
      name: text(d, 'PatientName', set),
      id: text(d, 'PatientID', set),
      birthDate: code(d, 'PatientBirthDate'),
      sex: code(d, 'PatientSex'),
    },
    studyInstanceUid: summary.studyInstanceUid,
    studyDate: code(d, 'StudyDate'),
    studyTime: code(d, 'StudyTime'),
    studyId: text(d, 'StudyID', set),
    accession: text(d, 'AccessionNumber', set),
    frameOfReferenceUid: summary.frameOfReferenceUid,
    seriesInstanceUid: summary.seriesInstanceUid,
    sopClassUid: summary.sopClassUid,
    sopInstanceUids: series.frames.map((f) => f.sopInstanceUid),
  };
}

/** What a new object says about itself; nothing of it is taken from a clock. */
export interface DerivedTags {
  /** All new UIDs are made from this text: another content needs another text (its SHA-256 will do). */
  readonly seed: string;
  /** YYYYMMDD and HHMMSS of the making. */
  readonly date: string;
  readonly time: string;
  readonly seriesNumber: number;
  readonly description: string;
  readonly version: string;
}

/** A coded word. */
export type Code = readonly [value: string, scheme: string, meaning: string];
export const coded = (...codes: Code[]): NewElements[] =>
  codes.map(([value, scheme, meaning]) => [
    [0x0008_0100, 'SH', value],
    [0x0008_0102, 'SH', scheme],
    [0x0008_0104, 'LO', meaning],
  ]);

/** Patient, study, series, frame of reference, equipment and SOP common modules. */
export function commonModules(c: SeriesContext, t: DerivedTags, sopClassUid: string, modality: string): NewElements {
  const uid = (what: string) => uidFrom(`${t.seed}/${modality}/${what}`);
  return [
    [0x0008_0005, 'CS', 'ISO_IR 192'],
    [0x0008_0016, 'UI', sopClassUid],
    [0x0008_0018, 'UI', uid('instance')],
    [0x0008_0020, 'DA', c.studyDate],
    [0x0008_0021, 'DA', t.date],
    [0x0008_0023, 'DA', t.date],
    [0x0008_0030, 'TM', c.studyTime],
    [0x0008_0031, 'TM', t.time],
    [0x0008_0033, 'TM', t.time],
    [0x0008_0050, 'SH', c.accession],
    [0x0008_0060, 'CS', modality],
    [0x0008_0070, 'LO', 'Osteon'],
    [0x0008_0090, 'PN', ''],
    [0x0008_103e, 'LO', t.description.slice(0, 64)],
    [0x0008_1090, 'LO', 'Osteon'],
    [0x0010_0010, 'PN', c.patient.name],
    [0x0010_0020, 'LO', c.patient.id],
    [0x0010_0030, 'DA', c.patient.birthDate],
    [0x0010_0040, 'CS', c.patient.sex],
    [0x0018_1000, 'LO', 'none'],
    [0x0018_1020, 'LO', t.version],
    [0x0020_000d, 'UI', c.studyInstanceUid],
    [0x0020_000e, 'UI', uid('series')],
    [0x0020_0010, 'SH', c.studyId],
    [0x0020_0011, 'IS', String(t.seriesNumber)],
    [0x0020_0013, 'IS', '1'],
    [0x0020_0052, 'UI', c.frameOfReferenceUid],
    [0x0020_1040, 'LO', ''],
  ];
}

/** The source images an object was made from, one item each. */
export const sourceImages = (c: SeriesContext, uids: readonly string[]): NewElements[] =>
  uids.map((uid) => [
    [0x0008_1150, 'UI', c.sopClassUid],
    [0x0008_1155, 'UI', uid],
  ]);

/** Common instance reference: the whole series an object was made from. */
export const referencedSeries = (c: SeriesContext): NewElements => [
  [0x0008_114a, 'SQ', sourceImages(c, c.sopInstanceUids)],
  [0x0020_000e, 'UI', c.seriesInstanceUid],
];
