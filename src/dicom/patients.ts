import { type Finding, OsteonError } from '../base/index.ts';
import type { Instance } from './instance.ts';

/** Case, separators and padding are how one person is spelled twice; letters are not. */
const plainName = (name: string) =>
  name
    .normalize('NFC')
    .toLowerCase()
    .replace(/[\s^=.,]+/g, ' ')
    .trim();

const distinct = (values: readonly string[]) => [...new Set(values.filter((v) => v !== ''))];

/**
 * One patient, or a stop. Different identifiers or dates of birth are two people; one identifier with two names is a
 * question that a person has to answer. No name or identifier is put into an error or finding.
 * @throws dicom.two-patients
 */
export function checkOnePatient(instances: readonly Instance[]): Finding[] {
  const hint = 'Export one patient into a folder of its own';
  const ids = distinct(instances.map((i) => i.patient.id));
  const births = distinct(instances.map((i) => i.patient.birthDate));
  const names = distinct(instances.map((i) => plainName(i.patient.name)));
  if (ids.length > 1) throw new OsteonError('dicom.two-patients', { patientIds: ids.length }, hint);
  if (births.length > 1) throw new OsteonError('dicom.two-patients', { birthDates: births.length }, hint);
  if (names.length > 1 && ids.length === 0) throw new OsteonError('dicom.two-patients', { names: names.length }, hint);
  if (names.length < 2) return [];
  return [
    {
      level: 'blocker',
      code: 'dicom.two-patients',
      text: `One patient identifier comes with ${names.length} different names`,
      facts: { names: names.length },
      hint: 'Make sure that they are one person, then override with a reason',
    },
  ];
}
