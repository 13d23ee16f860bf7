import { basename } from 'node:path';
import { type Finding, OsteonError, unpack } from '../base/index.ts';
import {
  chooseSeries,
  createDeidentifier,
  type DerivedTags,
  type Scan,
  type SegmentName,
  type SeriesContext,
  seriesContext,
  writeEncapsulatedStl,
  writeSegmentation,
} from '../dicom/index.ts';
import { readMesh, readNrrd, writeStl } from '../io/index.ts';
import { listScan } from '../plan/index.ts';
import {
  inflate,
  openOutFolder,
  openScanSource,
  openVault,
  readBytes,
  sha256,
  writeAtomic,
} from '../platform/node/index.ts';
import { boneColour } from '../render/index.ts';
import type { Volume } from '../volume/index.ts';
import { facts } from './format.ts';
import type { Session } from './session.ts';
import { type Answer, OUT_FLAG, switchFlag, textFlag, type Verb, verb } from './verb.ts';
import { VERSION } from './version.ts';

const deidentifyVerb = verb({
  name: 'dicom deidentify',
  summary: 'a scan without its patient: names, numbers, dates and UIDs replaced, identity kept in a vault of its own',
  args: [{ name: 'scan', label: 'folder, zip or file of DICOM' }],
  params: {
    ...OUT_FLAG,
    vault: textFlag('vault file with the secret key and who is who; begun where it is missing. Keep it apart'),
    keepCharacteristics: switchFlag('keep sex, age, size and weight'),
  },
  required: ['out', 'vault'],
  example: 'osteon dicom deidentify ./dicom -o clean --vault ~/vault.json',
  async run({ args, params, session }) {
    const source = await openScanSource(args[0]);
    const vault = await openVault(params.vault);
    const clean = createDeidentifier(vault.pseudonyms, params, inflate);
    const out = await openOutFolder(params.out);
    const withdraw = session.onUndo(out.discard);
    const codes = new Set<string>();
    const dropped = new Map<string, number>();
    let files = 0;
    for (let i = 0; i < source.files.length; i++) {
      let made: ReturnType<typeof clean>;
      try {
        made = clean(source.bytesOf(i));
      } catch (e) {
        if (!(e instanceof OsteonError)) throw e;
        // What cannot be read cannot be cleaned, and stays behind. Its name may be a patient's: only its code is said.
        dropped.set(e.code, (dropped.get(e.code) ?? 0) + 1);
        continue;
      }
      vault.add(made.code, made.identity);
      if (made.kind === 'dropped') dropped.set(made.reason, (dropped.get(made.reason) ?? 0) + 1);
      else {
        codes.add(made.code);
        await out.add(`${made.code}/${String(++files).padStart(5, '0')}.dcm`, made.bytes);
      }
    }
    if (files === 0) throw new OsteonError('dicom.none', { files: source.files.length });
    await vault.save();
    const report = {
      osteon: VERSION,
      method: 'DICOM PS3.15 2024b, table E.1-1: basic profile, clean descriptors, modified dates',
      keepCharacteristics: params.keepCharacteristics,
      files,
      patients: [...codes],
      leftOut: Object.fromEntries(dropped),
    };
    await out.add('deidentified.json', `${JSON.stringify(report, null, 1)}\n`);
    await out.publish('deidentified.json', []);
    withdraw();
    const findings: Finding[] = [...dropped].map(([reason, count]) => ({
      level: 'warning',
      code: 'dicom.burned-in',
      text: `${count} ${count === 1 ? 'file was' : 'files were'} left out: ${reason}`,
      facts: { files: count },
    }));
    const text = facts([
      ['files', `${files} in ${params.out}`],
      ['patients', [...codes].join(', ')],
      ['left out', `${[...dropped.values()].reduce((a, b) => a + b, 0)}`],
    ]);
    return { document: { out: params.out, ...report }, text, findings };
  },
});

const SERIES_FLAGS = {
  scan: textFlag('the DICOM the object belongs to: folder, zip or file'),
  series: textFlag('which series, where several could be meant', 'UID'),
  description: textFlag('series description', ''),
};

const segVerb = verb({
  name: 'dicom seg',
  summary: 'labels of a case as a DICOM segmentation of the series they were found in',
  args: [{ name: 'labels', label: 'labels.nrrd of a case' }],
  params: { ...OUT_FLAG, ...SERIES_FLAGS },
  required: ['out', 'scan'],
  example: 'osteon dicom seg out/labels.nrrd --scan ./dicom -o bones.dcm',
  async run({ args, params, session }) {
    const bytes = new Uint8Array(await readBytes(args[0]));
    const { volume, metadata } = readNrrd(bytes, { quantity: 'label' });
    if (!(volume.data instanceof Uint8Array)) throw new OsteonError('io.format', { expected: 'labels of one byte' });
    const segments = segmentsOf(metadata);
    const context = await contextOf(params.scan, params.series, session);
    const tags = tagsOf(sha256(bytes), 300, params.description || 'Bones');
    const made = writeSegmentation(volume as Volume<'label', Uint8Array>, segments, context, tags);
    return save(params.out, made, { segments: segments.length });
  },
});

/** Names in the header of a `.seg.nrrd`, as this program and 3D Slicer write them. */
function segmentsOf(metadata: Readonly<Record<string, string>>): SegmentName[] {
  const out: SegmentName[] = [];
  for (let i = 0; metadata[`Segment${i}_Name`]; i++) {
    const name = metadata[`Segment${i}_Name`];
    out.push({ label: Number(metadata[`Segment${i}_LabelValue`]), name, colour: boneColour(name, i) });
  }
  if (out.length === 0)
    throw new OsteonError('io.format', { expected: 'labels with names' }, 'Give the labels.nrrd that a case wrote');
  return out;
}

const stlVerb = verb({
  name: 'dicom stl',
  summary: 'a mesh as an encapsulated STL of the study it was made from, for the archive',
  args: [{ name: 'mesh', label: 'mesh file: STL, 3MF, PLY or OBJ; mm, LPS' }],
  params: {
    ...OUT_FLAG,
    ...SERIES_FLAGS,
    title: textFlag('title; the name of the file where it is missing', ''),
    traced: switchFlag('the bone as traced: neither designed nor changed'),
    mirrored: switchFlag('made from the other side by mirroring'),
    group: textFlag('a text that parts of one case share; they become one group', ''),
  },
  required: ['out', 'scan'],
  example: 'osteon dicom stl out/implants/talus-100.stl --scan ./dicom --mirrored -o talus.dcm',
  async run({ args, params, session }) {
    const { mesh, findings } = readMesh(new Uint8Array(await readBytes(args[0])), args[0]);
    const title = params.title || basename(args[0]).replace(/\.[^.]+$/, '');
    const stl = writeStl(mesh);
    const context = await contextOf(params.scan, params.series, session);
    const made = writeEncapsulatedStl(stl, context, {
      ...tagsOf(sha256(stl), 301, params.description || title),
      title,
      isModified: !params.traced,
      isMirrored: params.mirrored,
      groupSeed: params.group || context.studyInstanceUid,
    });
    return { ...(await save(params.out, made, { triangles: mesh.triangles.length / 3 })), findings };
  },
});

async function contextOf(scan: string, uid: string, session: Session): Promise<SeriesContext> {
  const source = await openScanSource(scan);
  const found = unpack<Scan>(await (await listScan(session.graph(), source, sha256)).load());
  const series = chooseSeries(found, uid ? { series: uid } : {});
  return seriesContext(series, source.files[series.frames[0].file], inflate);
}

function tagsOf(seed: string, seriesNumber: number, description: string): DerivedTags {
  const [date, time] = new Date().toISOString().split(/[T.]/);
  return {
    seed: `${seed}/${date}${time}`,
    date: date.replaceAll('-', ''),
    time: time.replaceAll(':', ''),
    seriesNumber,
    description,
    version: VERSION,
  };
}

async function save(path: string, made: Uint8Array, more: Readonly<Record<string, number>>): Promise<Answer> {
  if (!path.toLowerCase().endsWith('.dcm')) throw new OsteonError('cli.usage', { out: path }, 'End the name with .dcm');
  await writeAtomic(path, made);
  const rows = Object.entries(more).map(([k, v]): [string, string] => [k, `${v}`]);
  const document = { path, sha256: sha256(made), bytes: made.length, ...more };
  return { document, text: facts([...rows, ['written', path]]) };
}

export const DICOM_VERBS: readonly Verb[] = [deidentifyVerb, segVerb, stlVerb];
