import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import dicomParser from 'dicom-parser';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { writeCtSeries } from '../../src/dicom/index.ts';
import { writeNrrd, writeStl } from '../../src/io/index.ts';
import { sphere } from '../../src/mesh/index.ts';
import { axisGrid, createVolume } from '../../src/volume/index.ts';
import { program } from './cli-kit.ts';

// A scan, its labels and a mesh on their way to an archive and back; judged by dciodvfy and by Orthanc where they are there.
const { osteon, json, path } = program();
const SIZE = [24, 20, 6] as const;
const grid = axisGrid(SIZE, [0.7, 0.7, 0.8], [-10, -5, 3]);
const count = SIZE[0] * SIZE[1] * SIZE[2];
const labels = Uint8Array.from({ length: count }, (_, i) => (i % 24 < 8 ? 1 : i % 24 > 15 && i > 960 ? 2 : 0));

beforeAll(() => {
  mkdirSync(path('dicom'));
  const hu = createVolume(
    grid,
    'hu',
    Int16Array.from({ length: count }, (_, i) => (i % 24 < 8 ? 700 : 40)),
  );
  const files = writeCtSeries(hu, {
    seed: 'archive',
    patientId: 'ID-4711',
    patientName: 'MUSTER^ERIKA',
    laterality: 'left',
  });
  for (const [i, bytes] of files.entries()) writeFileSync(path('dicom', `${i}.dcm`), bytes);
  const segments = [
    { value: 1, name: 'left-talus' },
    { value: 2, name: 'sacrum' },
    { value: 3, name: 'never there' },
  ];
  writeFileSync(path('labels.nrrd'), writeNrrd(createVolume(grid, 'label', labels), { segments }));
  writeFileSync(path('ball.stl'), writeStl(sphere(5, 3)));
});

const judge = (file: string) => {
  const { stdout, stderr } = spawnSync('dciodvfy', [file], { encoding: 'utf8' });
  return `${stdout}${stderr}`.split('\n').filter((line) => line.startsWith('Error'));
};
const dciodvfy = spawnSync('dciodvfy', ['-version']).error === undefined;
const parsed = (file: string) => dicomParser.parseDicom(readFileSync(file));

test('labels become a segmentation: names, sides, one bit a voxel, planes where they were', async () => {
  const { code, document } = await json('dicom', 'seg', 'labels.nrrd', '--scan', 'dicom', '-o', 'seg.dcm');
  expect(code).toBe(0);
  expect(document.segments).toBe(3);
  const d = parsed(path('seg.dcm'));
  const names = d.elements.x00620002.items!.map((i) => i.dataSet!.string('x00620005'));
  // A label without a voxel is no segment.
  expect(names).toEqual(['left-talus', 'sacrum']);
  const frames = d.elements.x52009230.items!.map((i) => i.dataSet!);
  expect(frames).toHaveLength(6 + 4);
  const { dataOffset } = d.elements.x7fe00010;
  const slice = SIZE[0] * SIZE[1];
  const wrong = frames.flatMap((f, k) => {
    const segment = f.elements.x0062000a.items![0].dataSet!.uint16('x0062000b');
    const z = Number(f.elements.x00209113.items![0].dataSet!.string('x00200032')!.split('\\')[2]);
    const plane = Math.round((z - 3) / 0.8);
    return Array.from({ length: slice }, (_, i) => {
      const bit = k * slice + i;
      const set = (d.byteArray[dataOffset + (bit >> 3)] >> (bit & 7)) & 1;
      return set === (labels[plane * slice + i] === segment ? 1 : 0) ? [] : [i];
    }).flat();
  });
  expect(wrong).toEqual([]);
});

test('a mesh becomes an encapsulated STL in millimetres of the same study and frame of reference', async () => {
  const { code } = await json('dicom', 'stl', 'ball.stl', '--scan', 'dicom', '-o', 'ball.dcm', '--mirrored');
  expect(code).toBe(0);
  const [d, ct] = [parsed(path('ball.dcm')), parsed(path('dicom', '0.dcm'))];
  for (const tag of ['x0020000d', 'x00200052', 'x00100020']) expect(d.string(tag)).toBe(ct.string(tag));
  expect(d.elements.x004008ea.items![0].dataSet!.string('x00080100')).toBe('mm');
  expect([d.string('x00687001'), d.string('x00687002')]).toEqual(['YES', 'YES']);
  const { dataOffset } = d.elements.x00420011;
  const length = d.uint32('x00420015')!;
  const inside = Buffer.from(d.byteArray.subarray(dataOffset, dataOffset + length));
  expect(inside.subarray(80).equals(readFileSync(path('ball.stl')).subarray(80))).toBe(true);
});

test.skipIf(!dciodvfy)('dciodvfy (dicom3tools) finds no error in segmentation, STL and the cleaned scan', async () => {
  await osteon('dicom', 'deidentify', 'dicom', '-o', 'clean', '--vault', 'vault.json');
  const patient = readdirSync(path('clean')).find((name) => name.startsWith('P-'))!;
  expect(judge(path('seg.dcm'))).toEqual([]);
  expect(judge(path('ball.dcm'))).toEqual([]);
  expect(judge(path('clean', patient, '00001.dcm'))).toEqual([]);
});

test('identity goes into the vault and nowhere else; equal in, equal out', async () => {
  const first = await json('dicom', 'deidentify', 'dicom', '-o', 'clean1', '--vault', 'v.json');
  await json('dicom', 'deidentify', 'dicom', '-o', 'clean2', '--vault', 'v.json');
  expect(first.code).toBe(0);
  expect(JSON.stringify(first.document)).not.toMatch(/MUSTER|4711/);
  const [code] = first.document.patients;
  for (const name of readdirSync(path('clean1', code))) {
    const bytes = readFileSync(path('clean1', code, name));
    expect(bytes.toString('latin1')).not.toMatch(/MUSTER|4711/);
    expect(bytes.equals(readFileSync(path('clean2', code, name)))).toBe(true);
  }
  const vault = JSON.parse(readFileSync(path('v.json'), 'utf8'));
  expect(vault.patients[code]).toMatchObject({ name: 'MUSTER^ERIKA', id: 'ID-4711' });
  expect(statSync(path('v.json')).mode & 0o077).toBe(0);
});

const PLUGIN = '/usr/share/orthanc/plugins/libOrthancDicomWeb.so';
const orthanc = spawnSync('Orthanc', ['--version']).error === undefined && existsSync(PLUGIN);

describe.skipIf(!orthanc)('Orthanc (orthanc, orthanc-dicomweb) as the archive', () => {
  let server: ChildProcess;
  let url = '';
  const home = mkdtempSync(join(tmpdir(), 'osteon-orthanc-'));
  beforeAll(async () => {
    const port = await freePort();
    const settings = {
      StorageDirectory: home,
      IndexDirectory: home,
      HttpPort: port,
      DicomServerEnabled: false,
      RemoteAccessAllowed: false,
      AuthenticationEnabled: true,
      RegisteredUsers: { planner: 'secret' },
      Plugins: [PLUGIN],
      DicomWeb: { Enable: true, Root: '/dicom-web/' },
    };
    writeFileSync(join(home, 'settings.json'), JSON.stringify(settings));
    server = spawn('Orthanc', [join(home, 'settings.json')], { stdio: 'ignore' });
    url = `http://127.0.0.1:${port}/dicom-web`;
    process.env.OSTEON_PACS_USER = 'planner';
    process.env.OSTEON_PACS_PASSWORD = 'secret';
    for (let i = 0; i < 100; i++) {
      if (
        await fetch(url).then(
          () => true,
          () => false,
        )
      )
        return;
      await new Promise((done) => setTimeout(done, 200));
    }
    throw new Error('Orthanc does not start');
  });
  afterAll(() => {
    server.kill();
    rmSync(home, { recursive: true, force: true });
  });

  test('STOW, QIDO, WADO: what comes back has the pixels that went', async () => {
    const sent = await json('pacs', 'send', 'dicom', 'seg.dcm', 'ball.dcm', '--url', url);
    expect(sent.document.stored).toBe(8);
    const { document } = await json('pacs', 'find', '--url', url, '--patient', 'ID-4711');
    expect(document.found).toHaveLength(1);
    const study = document.found[0].studyInstanceUid;
    const series = (await json('pacs', 'find', '--url', url, '--study', study)).document.found;
    expect(series.map((s: { modality: string }) => s.modality).sort()).toEqual(['CT', 'M3D', 'SEG']);
    const ct = series.find((s: { modality: string }) => s.modality === 'CT').seriesInstanceUid;
    const back = await json('pacs', 'fetch', study, '--series', ct, '--url', url, '-o', 'back');
    expect(back.document.files).toBe(6);
    const listed = async (folder: string) => (await json('scan', folder)).document.series[0].geometry;
    expect(await listed('back')).toEqual(await listed('dicom'));
    const pixels = (file: string) => {
      const d = parsed(file);
      return [
        d.string('x00200013'),
        Buffer.from(d.byteArray.subarray(d.elements.x7fe00010.dataOffset)).toString('hex'),
      ];
    };
    const all = (folder: string) =>
      readdirSync(folder)
        .filter((f) => f.endsWith('.dcm'))
        .map((f) => pixels(join(folder, f)))
        .sort();
    expect(all(path('back', 'series-1'))).toEqual(all(path('dicom')));
  });

  test('a wrong password, a wrong address and no archive at all: coded', async () => {
    process.env.OSTEON_PACS_PASSWORD = 'wrong';
    const refused = await json('pacs', 'find', '--url', url);
    expect([refused.code, refused.document.error.code]).toEqual([3, 'pacs.refused']);
    process.env.OSTEON_PACS_PASSWORD = 'secret';
    const gone = await json('pacs', 'find', '--url', 'http://127.0.0.1:9/dicom-web');
    expect([gone.code, gone.document.error.code]).toEqual([3, 'pacs.unreachable']);
    const odd = await json('pacs', 'find', '--url', 'file:///etc/passwd');
    expect([odd.code, odd.document.error.code]).toEqual([3, 'param.range']);
  });
});

const freePort = (): Promise<number> =>
  new Promise((resolve) => {
    const probe = createServer().listen(0, '127.0.0.1', () => {
      const { port } = probe.address() as { port: number };
      probe.close(() => resolve(port));
    });
  });
