import { mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { crc32, deflateRawSync } from 'node:zlib';
import { afterAll, describe, expect, test } from 'vitest';
import { chooseSeries, summariseSeries } from '../../src/dicom/index.ts';
import { inflate } from '../../src/platform/node/codecs.ts';
import { readDicomFiles, wholeFile } from '../../src/platform/node/dicom-files.ts';
import { DEFLATED, sliceBytes } from '../dicom-kit.ts';

const root = mkdtempSync(join(tmpdir(), 'osteon-dicom-'));
afterAll(() => rmSync(root, { recursive: true, force: true }));

interface ZipPart {
  readonly name: string;
  readonly bytes: Uint8Array;
  /** What the directory claims instead of the truth. */
  readonly claim?: number;
  readonly packed?: Uint8Array;
  /** Points to the bytes of the first entry. */
  readonly overlap?: boolean;
}

/** A zip by hand, so that it can lie. */
function zipOf(parts: readonly ZipPart[], name: string): string {
  const out: Buffer[] = [];
  const directory: Buffer[] = [];
  let at = 0;
  for (const p of parts) {
    const packed = p.packed ?? deflateRawSync(p.bytes);
    const head = Buffer.alloc(30);
    head.writeUInt32LE(0x04034b50, 0);
    head.writeUInt16LE(8, 8);
    head.writeUInt32LE(crc32(p.bytes), 14);
    head.writeUInt32LE(packed.length, 18);
    head.writeUInt32LE(p.claim ?? p.bytes.length, 22);
    const label = Buffer.from(p.name);
    head.writeUInt16LE(label.length, 26);
    const central = Buffer.alloc(46);
    central.writeUInt32LE(0x02014b50, 0);
    head.copy(central, 8, 6, 30);
    central.writeUInt32LE(p.overlap ? 0 : at, 42);
    directory.push(central, label);
    out.push(head, label, Buffer.from(packed));
    at += 30 + label.length + packed.length;
  }
  const tail = Buffer.concat(directory);
  const end = Buffer.alloc(22);
  end.writeUInt32LE(0x06054b50, 0);
  end.writeUInt16LE(parts.length, 8);
  end.writeUInt16LE(parts.length, 10);
  end.writeUInt32LE(tail.length, 12);
  end.writeUInt32LE(at, 16);
  const path = join(root, name);
  writeFileSync(path, Buffer.concat([...out, tail, end]));
  return path;
}

const slices = [1, 2, 3, 4].map((number) =>
  sliceBytes({ number, columns: 64, rows: 64, stored: new Int16Array(4096) }),
);
const codeOf = (p: Promise<unknown>) =>
  p.then(
    () => '',
    (e) => e.code as string,
  );

describe('folders', () => {
  test('files of any name, in subfolders, among other things; only heads are read', async () => {
    const dir = join(root, 'study');
    mkdirSync(join(dir, 'a', 'b'), { recursive: true });
    writeFileSync(join(dir, 'a', 'IM1'), slices[0]);
    writeFileSync(join(dir, 'a', 'b', '..weird name\u0007.dcm'), slices[1]);
    writeFileSync(join(dir, 'x'), slices[2]);
    writeFileSync(join(dir, 'notes.txt'), 'not DICOM');
    writeFileSync(join(dir, 'empty'), '');
    symlinkSync('/', join(dir, 'link'));
    const files = await readDicomFiles(dir);
    const scan = summariseSeries(files, { inflate });
    expect(chooseSeries(scan).summary.frameCount).toBe(3);
    expect(scan.skipped.map((s) => s.name).sort()).toEqual(['empty', 'notes.txt']);
    expect(files.every((f) => f.head.length < 2000)).toBe(true);
    expect(files.some((f) => f.name.includes('\u0007'))).toBe(false);
    for (const f of files) expect(wholeFile(f).length).toBe(f.sizeBytes);
  });

  test('a header longer than the first read, and a deflated file, are read whole', async () => {
    const dir = join(root, 'long');
    mkdirSync(dir);
    const long = [1, 2, 3].map((number) => sliceBytes({ number, set: [[0x0009_1001, 'OB', new Uint8Array(100_000)]] }));
    long.push(sliceBytes({ series: '1.2.4', syntax: DEFLATED }));
    long.forEach((b, i) => {
      writeFileSync(join(dir, `${i}`), b);
    });
    const scan = summariseSeries(await readDicomFiles(dir), { inflate });
    expect(scan.skipped).toEqual([]);
    expect(scan.series.map((s) => s.summary.frameCount)).toEqual([3, 1]);
  });

  test('what is not there, and a folder without DICOM', async () => {
    expect(await codeOf(readDicomFiles(join(root, 'nowhere')))).toBe('io.not-found');
    mkdirSync(join(root, 'none'));
    const files = await readDicomFiles(join(root, 'none'));
    expect(() => summariseSeries(files)).toThrow(/dicom\.none/);
  });
});

describe('archives', () => {
  const parts = slices.map((bytes, i): ZipPart => ({ name: `s/${i}.dcm`, bytes }));

  test('a series out of a zip', async () => {
    const files = await readDicomFiles(zipOf([{ name: 's/', bytes: new Uint8Array(0) }, ...parts], 'good.zip'));
    expect(chooseSeries(summariseSeries(files)).summary.frameCount).toBe(4);
    expect(wholeFile(files[2])).toEqual(slices[2]);
  });

  test('names that lead outside are labels and nothing else', async () => {
    const names = ['../../../etc/evil', '/etc/evil', 'C:\\evil', '..\\evil', 'a\u0000b', 'CON', '', 'same', 'same'];
    const files = await readDicomFiles(
      zipOf(
        names.map((name, i) => ({ name, bytes: slices[i % 4] })),
        'names.zip',
      ),
    );
    expect(files.length).toBe(names.length);
    expect(files.every((f) => f.path === null)).toBe(true);
  });

  test('bombs: claimed ratio, lying size, overlapping entries, too many entries, damage', async () => {
    const zeros = new Uint8Array(1 << 20);
    const packed = deflateRawSync(zeros);
    const claim = zipOf([{ name: 'a', bytes: zeros, packed, claim: 2_000_000_000 }], 'claim.zip');
    const lie = zipOf([{ name: 'a', bytes: zeros, packed, claim: 1000 }], 'lie.zip');
    const overlap = zipOf(
      [parts[0], ...Array.from({ length: 50 }, () => ({ ...parts[0], overlap: true }))],
      'overlap.zip',
    );
    const nothing = { name: 'n', bytes: new Uint8Array(0) };
    const many = zipOf(
      Array.from({ length: 60_000 }, () => nothing),
      'many.zip',
    );
    const start = performance.now();
    expect(await codeOf(readDicomFiles(claim))).toBe('io.limit');
    expect(await codeOf(readDicomFiles(lie))).toBe('io.format');
    expect(await codeOf(readDicomFiles(overlap))).toBe('io.format');
    expect(await codeOf(readDicomFiles(many))).toBe('io.limit');
    const cut = join(root, 'cut.zip');
    writeFileSync(cut, Buffer.from([0x50, 0x4b, 3, 4, 0, 0, 0, 0]));
    expect(await codeOf(readDicomFiles(cut))).toBe('io.format');
    expect(performance.now() - start).toBeLessThan(2000);
  });

  test('an archive inside an archive is not opened', async () => {
    const inner = readFileSync(zipOf(parts, 'inner.zip'));
    const files = await readDicomFiles(zipOf([{ name: 'inner.zip', bytes: inner }], 'outer.zip'));
    expect(files.length).toBe(1);
    expect(() => summariseSeries(files)).toThrow(/dicom\.none/);
  });
});
