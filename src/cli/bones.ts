import { basename } from 'node:path';
import { type Finding, OsteonError, type Side, unpack, type Vec3, verdictOf } from '../base/index.ts';
import { chooseSeries, type Scan } from '../dicom/index.ts';
import {
  type Artefact,
  type BoneMesh,
  boneFiles,
  findBones,
  findPelvis,
  type Graph,
  labelFile,
  listScan,
  loadVolume,
  type NamedBone,
  type OutFile,
  pelvicBoneFiles,
  pelvicLabelFile,
  type ScanVolume,
  traceBone,
} from '../plan/index.ts';
import {
  createStore,
  openOutFolder,
  openScanSource,
  publishPack,
  readBytes,
  readJson,
  sha256,
} from '../platform/node/index.ts';
import { columns, num } from './format.ts';
import { pieceFiles } from './pieces.ts';
import { presetPieces, volumeRead } from './steps/pieces.ts';
import { choiceFlag, OUT_FLAG, textFlag, verb } from './verb.ts';
import { VERSION } from './version.ts';

const AUTO = 'feet';
const PELVIS = 'pelvis';

export const bonesVerb = verb({
  name: 'bones',
  summary:
    'every bone of both feet, or of a broken pelvis, apart, named and sided, with its surface; or the pieces of a range of HU',
  args: [{ name: 'scan', label: 'folder, zip or file of DICOM, or a volume of HU: .nrrd, .nii, .nii.gz' }],
  params: {
    ...OUT_FLAG,
    edits: textFlag(
      'edits file (JSON): include, exclude, threshold, grow, islands, scissors, between, split, cut, merge, rename, move',
    ),
    point: textFlag('a point inside a bone, LPS mm, where recognition needs help; may be repeated', 'name=x,y,z'),
    preset: choiceFlag(
      'what to look for: the bones of the feet, of a pelvis with its fragments, or connected pieces of a range of HU',
      [AUTO, PELVIS, ...(presetPieces.params.preset.choices ?? [])],
      AUTO,
    ),
    side: choiceFlag('broken side of a pelvis', ['left', 'right', 'unknown'], 'unknown'),
    leastMm3: presetPieces.params.leastMm3,
    series: textFlag('which series, where several could be meant', 'UID'),
  },
  required: ['out'],
  repeatable: ['point'],
  example: 'osteon bones ./dicom -o bones --point left-talus=52.1,3.4,-2',
  async run({ args, params, session }) {
    const points = parsePoints(params.point);
    const { preset, leastMm3, side } = params;
    if (![AUTO, PELVIS].includes(preset) && params.edits)
      throw new OsteonError('cli.usage', { flag: '--edits' }, 'Edits name bones of feet or of a pelvis');
    if ((preset === PELVIS) !== (side !== 'unknown'))
      throw new OsteonError('cli.usage', { flag: '--side' }, 'A pelvis has a broken side: --preset pelvis --side left');
    const edits = params.edits ? await readJson(params.edits) : undefined;
    const source = await openVolume(args[0], params.series || undefined);
    const out = await openOutFolder(params.out);
    const withdraw = session.onUndo(out.discard);
    const graph = session.graph(createStore(out.hidden));
    const scan = await source(graph);
    const { findings: read } = unpack<ScanVolume>(await scan.load());
    const made =
      preset === AUTO
        ? await feetFiles(graph, scan, points, edits)
        : preset === PELVIS
          ? await pelvisFiles(graph, scan, side as Side, points, edits)
          : await pieceFiles(graph, scan, points, { preset, leastMm3 });
    const findings = [...read, ...made.findings];
    const pack = {
      caseId: scan.hash.slice(0, 12),
      verdict: verdictOf(findings),
      findings,
      files: made.files,
      summary: {},
    };
    const { artefacts } = await publishPack(out, pack, { osteon: VERSION, procedure: `bones ${preset}` });
    withdraw();
    const document = { out: params.out, preset, bones: made.bones, artefacts };
    return { document, text: `${bonesText(made.bones)}\n${artefacts.length + 1} files in ${params.out}`, findings };
  },
});

/** What is said about each bone or piece. */
export interface BoneRow {
  readonly name: string;
  readonly label: number;
  readonly volumeMm3: number;
  readonly [fact: string]: unknown;
}
export interface MadeBones {
  readonly bones: readonly BoneRow[];
  readonly files: readonly OutFile[];
  readonly findings: readonly Finding[];
}

async function feetFiles(
  graph: Graph,
  scan: Artefact<ScanVolume>,
  points: Readonly<Record<string, Vec3>>,
  edits: unknown,
): Promise<MadeBones> {
  const found = await findBones(graph, scan, { points, ...(edits === undefined ? {} : { edits }) });
  const meshes = await Promise.all(found.bones.map((bone) => traceBone(graph, scan, found, bone)));
  const traced = await Promise.all(meshes.map(async (mesh) => unpack<BoneMesh>(await mesh.load())));
  const files = [...(await boneFiles(graph, found.bones, meshes)), await labelFile(graph, found, meshes)];
  const surfaces = traced.flatMap(({ findings }, i) =>
    findings.map((f) => ({ ...f, text: `${found.bones[i].name}: ${f.text}` })),
  );
  const bones = found.bones.map((bone, i) => rowOf(bone, traced[i]));
  return { bones, files, findings: [...found.findings, ...surfaces] };
}

async function pelvisFiles(
  graph: Graph,
  scan: Artefact<ScanVolume>,
  side: Side,
  points: Readonly<Record<string, Vec3>>,
  edits: unknown,
): Promise<MadeBones> {
  const findings: Finding[] = [];
  const found = await findPelvis(graph, scan, side, { points, edits }, (list) => findings.push(...list));
  const files = [...(await Promise.all(pelvicBoneFiles(graph, found))), await pelvicLabelFile(graph, found)];
  const bones = await Promise.all(
    found.bones.map(async (bone) => rowOf(bone, unpack<BoneMesh>(await found.meshes.get(bone.name)!.load()))),
  );
  return { bones, files, findings: [...findings, ...found.traced] };
}

const rowOf = (
  { name, label, volumeMm3, centre, cut }: Pick<NamedBone, 'name' | 'label' | 'volumeMm3' | 'centre' | 'cut'>,
  { levelHu, maskDeviation }: BoneMesh,
): BoneRow => ({
  name,
  label,
  volumeMm3,
  centreLpsMm: centre,
  cut,
  levelHu,
  maskDeviation,
});

function bonesText(bones: readonly BoneRow[]): string {
  const rows = bones.map(({ name, label, volumeMm3, cut }) => [
    name,
    `${label}`,
    num(volumeMm3 / 1000, 2),
    cut ? 'goes on beyond the scan' : '',
  ]);
  return columns([['bone', 'label', 'cm³', ''], ...rows]);
}

/** `left-talus=1,2,3`, one on each line. @throws cli.usage */
function parsePoints(text: string): Record<string, Vec3> {
  const points: Record<string, Vec3> = {};
  for (const item of text.split('\n').filter(Boolean)) {
    const [, name, numbers] = /^([a-z0-9-]+)=(.+)$/.exec(item) ?? [];
    const at = (numbers ?? '').split(',').map((s) => (s.trim() ? Number(s) : Number.NaN));
    if (at.length !== 3 || !at.every(Number.isFinite))
      throw new OsteonError(
        'cli.usage',
        { flag: '--point', value: item.slice(0, 80) },
        '--point left-talus=52.1,3.4,-2',
      );
    points[name] = [at[0], at[1], at[2]];
  }
  return points;
}

/** Opens a scan or a volume file; the graph then reads it. */
async function openVolume(
  path: string,
  series: string | undefined,
): Promise<(graph: Graph) => Promise<Artefact<ScanVolume>>> {
  if (/\.(nrrd|nhdr|nii|nii\.gz)$/i.test(path)) {
    const { buffer, byteOffset, length } = await readBytes(path);
    const file = { name: basename(path), bytes: new Uint8Array(buffer, byteOffset, length) };
    const hash = sha256(`${file.name}\n${sha256(file.bytes)}`);
    return (graph) => graph.step(volumeRead, { file: graph.source(hash, async () => file) });
  }
  const source = await openScanSource(path);
  return async (graph) => {
    const scan = unpack<Scan>(await (await listScan(graph, source, sha256)).load());
    return loadVolume(graph, source, chooseSeries(scan, series === undefined ? {} : { series }), sha256);
  };
}
