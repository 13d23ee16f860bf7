import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { type Finding, OsteonError, unpack } from '../base/index.ts';
import { asHounsfield, chooseSeries, createDeidentifier, preambleOf, type Scan, type Series } from '../dicom/index.ts';
import { jsonBytes, listScan, loadVolume, resolveParams, type ScanSource, type ScanVolume } from '../plan/index.ts';
import {
  inflate,
  type OutFolder,
  openOutFolder,
  openScanSource,
  openVault,
  sha256,
  unzipTo,
} from '../platform/node/index.ts';
import type { Volume } from '../volume/index.ts';
import { demoSlices } from './demo-case.ts';
import type { Session } from './session.ts';
import { feetScan } from './steps/feet.ts';
import { OUT_FLAG, switchFlag, textFlag, verb } from './verb.ts';

export const intakeVerb = verb({
  name: 'intake',
  summary: 'take a scan in as the case server does: checked, without its patient, the main series ready to be shown',
  args: [{ name: 'scan', label: 'folder, zip or DICOM file', optional: true }],
  params: {
    ...OUT_FLAG,
    vault: textFlag('vault file with the secret key and who is who; begun where it is missing. Keep it apart'),
    demo: switchFlag('take in the CT of two feet that the program makes itself'),
  },
  required: ['out', 'vault'],
  example: 'osteon intake scan.zip -o taken --vault ~/vault.json',
  async run({ args, params, session }) {
    const out = await openOutFolder(params.out);
    const apart = join(out.hidden, `apart-${process.pid}`);
    const withdraw = session.onUndo(() => {
      rmSync(apart, { recursive: true, force: true });
      out.discard();
    });
    const source = await sourceOf(args[0], params.demo, apart, session);
    const taken = await takeIn(source, out, params.vault, session);
    rmSync(apart, { recursive: true, force: true });
    withdraw();
    const { series, findings, files } = taken;
    const text = `${files} files of ${series.length} series in ${params.out}`;
    return { document: { out: params.out, files, series }, text, findings };
  },
});

async function sourceOf(path: string | undefined, demo: boolean, apart: string, session: Session): Promise<ScanSource> {
  if ((path === undefined) !== demo)
    throw new OsteonError('cli.usage', { verb: 'intake' }, 'Name a scan, or say --demo for one that is made');
  if (path === undefined) return sourceInMemory(await demoSlices(resolveParams(feetScan.params), session));
  if (!path.toLowerCase().endsWith('.zip')) return openScanSource(path);
  // Entry by entry into files, so that no scan has to fit into memory.
  await unzipTo(path, apart);
  return openScanSource(apart);
}

const sourceInMemory = (slices: readonly Uint8Array[]): ScanSource => ({
  files: slices.map((bytes, i) => ({ name: `${i + 1}`, head: bytes, sizeBytes: bytes.length })),
  bytesOf: (file) => slices[file],
  hashOf: (file) => sha256(slices[file]),
});

async function takeIn(source: ScanSource, out: OutFolder, vaultFile: string, session: Session) {
  const graph = session.graph();
  const found = unpack<Scan>(await (await listScan(graph, source, sha256)).load());
  const stacks = found.series.filter((s) => s.summary.kind === 'volume');
  // Refuses in the words of the command line where there is nothing to work on.
  if (stacks.length === 0) chooseSeries(found);
  const { files, dropped } = await takePatientOut(source, stacks, out, vaultFile);

  const clean = await openScanSource(join(out.staging, 'dicom'));
  const again = unpack<Scan>(await (await listScan(graph, clean, sha256)).load());
  const main = mainSeries(again);
  const { volume, findings } = unpack<ScanVolume>(await (await loadVolume(graph, clean, main, sha256)).load());
  const hu = asHounsfield(volume);
  await out.add('volume.json', jsonBytes(volumeHead(hu)));
  await out.add('volume.i16', new Uint8Array(hu.data.buffer, hu.data.byteOffset, hu.data.byteLength));
  const series = again.series.map((s) => s.summary);
  const all: Finding[] = [
    // Texts about single files name the file, and a file's name may be a patient's.
    ...found.findings.map((f) => (f.code === 'dicom.damaged' ? { ...f, text: 'Some files could not be read' } : f)),
    ...main.summary.findings,
    ...findings,
    ...leftOut(found.series.length - stacks.length, dropped),
    ...disguised(source),
  ];
  await out.add('scan.json', jsonBytes({ series, chosen: main.summary.id, findings: all }));
  await out.publish('scan.json', []);
  return { series, findings: all, files };
}

/** Disks flush several files in the time of one. */
const WRITTEN_AT_ONCE = 16;

/** Every file that a stack of slices is made of, without its patient; scouts, captures and documents are not taken over. */
async function takePatientOut(source: ScanSource, stacks: readonly Series[], out: OutFolder, vaultFile: string) {
  const vault = await openVault(vaultFile);
  const clean = createDeidentifier(vault.pseudonyms, undefined, inflate);
  const wanted = [...new Set(stacks.flatMap((s) => s.frames.map((f) => f.file)))].sort((a, b) => a - b);
  let files = 0;
  for (let i = 0; i < wanted.length; i += WRITTEN_AT_ONCE) {
    const some = wanted.slice(i, i + WRITTEN_AT_ONCE).flatMap((file) => {
      const made = clean(source.bytesOf(file));
      vault.add(made.code, made.identity);
      return made.kind === 'clean'
        ? [{ path: `dicom/${String(++files).padStart(5, '0')}.dcm`, bytes: made.bytes }]
        : [];
    });
    await Promise.all(some.map(({ path, bytes }) => out.add(path, bytes)));
  }
  if (files === 0) throw new OsteonError('dicom.none', { files: wanted.length }, 'No file is an image of a volume');
  await vault.save();
  return { files, dropped: wanted.length - files };
}

/** The one with the most voxels; on which one a case works is said in the case. */
function mainSeries(scan: Scan): Series {
  const voxels = (s: Series) => s.summary.geometry?.size.reduce((a, b) => a * b, 1) ?? 0;
  const stacks = scan.series.filter((s) => s.summary.kind === 'volume');
  const [best] = [...stacks].sort((a, b) => voxels(b) - voxels(a) || (a.summary.id < b.summary.id ? -1 : 1));
  if (!best) throw new OsteonError('dicom.none', {}, 'No stack of slices is left without the files that show text');
  return best;
}

const leftOut = (series: number, files: number): Finding[] =>
  series + files === 0
    ? []
    : [
        {
          level: 'note',
          code: 'dicom.left-out',
          text: 'Scout views, screen captures and documents were not taken over: they may show names',
          facts: { series, files },
        },
      ];

/** Files that other programs would take for something else. They are stored with an empty preamble; the sender should know. */
function disguised({ files }: ScanSource): Finding[] {
  const kinds = files.map(({ head }) => preambleOf(head)).filter((kind) => kind !== 'empty' && kind !== 'tiff');
  if (kinds.length === 0) return [];
  const active = kinds.filter((kind) => kind !== 'other').length;
  return [
    {
      level: active ? 'warning' : 'note',
      code: 'dicom.preamble',
      text: active
        ? `${active} files begin like a program, a script or a document`
        : `${kinds.length} files hold something before their DICOM part`,
      facts: { files: kinds.length, active },
      hint: 'It was taken off; look at the device or the archive the files came from',
    },
  ];
}

/** @source the usual presets of CT consoles */
const WINDOWS = [
  { name: 'bone', centreHu: 400, widthHu: 1800 },
  { name: 'soft tissue', centreHu: 40, widthHu: 400 },
  { name: 'metal', centreHu: 1500, widthHu: 4000 },
];

function volumeHead({ grid, data }: Volume<'hu', Int16Array>) {
  let [minHu, maxHu] = [data[0], data[0]];
  for (let i = 1; i < data.length; i++) {
    if (data[i] < minHu) minHu = data[i];
    else if (data[i] > maxHu) maxHu = data[i];
  }
  return { size: grid.size, lpsFromVoxel: grid.lpsFromVoxel.m, range: { minHu, maxHu }, windows: WINDOWS };
}
