import { deflateRawSync, gzipSync } from 'node:zlib';
import { framedHead } from '../../src/server/client/index.ts';
import { EXPLICIT, sliceBytes } from '../dicom-kit.ts';

/** Small things that want to be large, or say that they are. */

export interface Bomb {
  readonly name: string;
  readonly type: string;
  readonly body: Uint8Array;
  readonly headers?: Record<string, string>;
  /** `door`: must be refused while it is being sent. `inside`: may be taken in, and is refused by the job. */
  readonly at: 'door' | 'inside';
}

interface Entry {
  readonly name?: string;
  readonly packed: Uint8Array;
  /** What the directory says it becomes. */
  readonly claims: number;
  readonly method?: number;
  /** Of another entry whose bytes it shares. */
  readonly offset?: number;
  readonly packedClaims?: number;
}

/** A zip with any lie in its directory. */
export function zipOf(entries: readonly Entry[], countClaims?: number): Uint8Array {
  const locals: Buffer[] = [];
  const centrals: Buffer[] = [];
  let at = 0;
  for (const [i, e] of entries.entries()) {
    const name = Buffer.from(e.name ?? `${i}`);
    const head = Buffer.alloc(30);
    head.writeUInt32LE(0x04034b50, 0);
    head.writeUInt16LE(e.method ?? 8, 8);
    head.writeUInt32LE(e.packed.length, 18);
    head.writeUInt32LE(Math.min(e.claims, 0xffffffff), 22);
    head.writeUInt16LE(name.length, 26);
    const central = Buffer.alloc(46);
    central.writeUInt32LE(0x02014b50, 0);
    central.writeUInt16LE(e.method ?? 8, 10);
    central.writeUInt32LE(e.packedClaims ?? e.packed.length, 20);
    central.writeUInt32LE(Math.min(e.claims, 0xffffffff), 24);
    central.writeUInt16LE(name.length, 28);
    central.writeUInt32LE(e.offset ?? at, 42);
    centrals.push(central, name);
    if (e.offset !== undefined) continue;
    locals.push(head, name, Buffer.from(e.packed));
    at += 30 + name.length + e.packed.length;
  }
  const directory = Buffer.concat(centrals);
  const end = Buffer.alloc(22);
  end.writeUInt32LE(0x06054b50, 0);
  const count = Math.min(countClaims ?? entries.length, 0xffff);
  end.writeUInt16LE(count, 8);
  end.writeUInt16LE(count, 10);
  end.writeUInt32LE(directory.length, 12);
  end.writeUInt32LE(at, 16);
  return Buffer.concat([...locals, directory, end]);
}

/** Deflated zeros, made without having them. */
export function zeros(bytes: number): Buffer {
  const block = deflateRawSync(new Uint8Array(1 << 20), { finishFlush: 2 });
  const last = deflateRawSync(new Uint8Array(0));
  return Buffer.concat([...Array(Math.ceil(bytes / (1 << 20))).fill(block), last]);
}
const MB = 1 << 20;

function zipBombs(): Bomb[] {
  const door = (name: string, body: Uint8Array): Bomb => ({ name, type: 'application/zip', body, at: 'door' });
  const inside = (name: string, body: Uint8Array): Bomb => ({ name, type: 'application/zip', body, at: 'inside' });
  const gigabyte = zeros(1024 * MB);
  const small = zeros(1 * MB);
  const some = (n: number, e: Entry): Entry[] => Array.from({ length: n }, () => e);
  const dicom = sliceBytes({});
  const flat = deflateRawSync(dicom);
  const nested = (levels: number) => {
    let bytes: Uint8Array = zipOf([{ packed: zeros(8 * MB), claims: 8 * MB, name: 'x' }]);
    for (let i = 0; i < levels; i++)
      bytes = zipOf([{ packed: deflateRawSync(bytes), claims: bytes.length, name: `${i}.zip` }]);
    return bytes;
  };
  return [
    door('one gigabyte in a megabyte', zipOf([{ packed: gigabyte, claims: 1024 * MB }])),
    ...[2, 5, 10, 20, 50, 100].map((n) =>
      door(`${n} × 100 MB`, zipOf(some(n, { packed: zeros(100 * MB), claims: 100 * MB }))),
    ),
    ...[65, 128, 300, 500].map((n) =>
      door(`${n} MB, ratio a thousand`, zipOf([{ packed: zeros(n * MB), claims: n * MB }])),
    ),
    ...[4, 9, 64].map((n) =>
      door(
        `${n} × four gigabytes, stored, in the directory only`,
        zipOf(some(n, { packed: small, claims: 0xfffffffe, method: 0 })),
      ),
    ),
    ...[2, 100, 1000].map((n) =>
      door(
        `${n} entries over the same bytes`,
        zipOf([{ packed: small, claims: MB }, ...some(n - 1, { packed: small, claims: MB, offset: 0 })]),
      ),
    ),
    ...[1, 2, 3].map((n) => {
      const shifted = Array.from({ length: 20 }, (_, i) => ({ packed: small, claims: MB, offset: (i + 1) * n }));
      return door(`20 entries, ${n} bytes apart`, zipOf([{ packed: small, claims: MB }, ...shifted]));
    }),
    ...[50_001, 60_000, 65_534].map((n) =>
      door(`${n} empty entries`, zipOf(some(n, { packed: new Uint8Array(0), claims: 0, method: 0 }))),
    ),
    door('a directory that is cut off', zipOf(some(3, { packed: small, claims: MB })).subarray(0, -30)),
    door('fewer entries than it says', zipOf(some(3, { packed: small, claims: MB }), 900)),
    door('not a zip at all', new Uint8Array(4096).fill(65)),
    door('empty', zipOf([]).subarray(0, 0)),
    inside('says a kilobyte, becomes a megabyte', zipOf([{ packed: small, claims: 1024 }])),
    inside('says a kilobyte, becomes a gigabyte', zipOf([{ packed: gigabyte, claims: 1024 }])),
    inside('says more than it is', zipOf([{ packed: flat, claims: dicom.length + 9000 }])),
    inside('packed unusually', zipOf([{ packed: flat, claims: dicom.length, method: 99 }])),
    inside('ten archives in each other', nested(10)),
    inside(
      'names that lead out',
      zipOf(['../../x', '/etc/x', 'C:\\x', 'a\0b'].map((name) => ({ name, packed: flat, claims: dicom.length - 1 }))),
    ),
  ];
}

function framedBombs(): Bomb[] {
  const type = 'application/vnd.osteon.files';
  const head = (nameBytes: number, size: bigint) => {
    const bytes = Buffer.alloc(12);
    bytes.writeUInt32LE(nameBytes, 0);
    bytes.writeBigUInt64LE(size, 4);
    return bytes;
  };
  const door = (name: string, body: Uint8Array): Bomb => ({ name, type, body, at: 'door' });
  return [
    door('a file of 2^64 bytes', head(1, 2n ** 64n - 1n)),
    door('a file of 2^53 bytes', head(1, 2n ** 53n)),
    door('a file of nine gigabytes', head(1, 9n * 1024n ** 3n)),
    door('a name of four gigabytes', head(0xffffffff, 1n)),
    door('a file that is cut off', Buffer.concat([framedHead('x', 1000), Buffer.alloc(10)])),
    door('a head that is cut off', Buffer.from([1, 0, 0])),
    door('nothing', Buffer.alloc(0)),
  ];
}

/** Bodies that are packed, deep or longer than said. */
function bodyBombs(): Bomb[] {
  const packed = (coding: string): Bomb => ({
    name: `a body packed with ${coding}`,
    type: 'application/json',
    body: gzipSync(Buffer.alloc(8 * MB)),
    headers: { 'content-encoding': coding },
    at: 'door',
  });
  const json = (name: string, text: string): Bomb => ({
    name,
    type: 'application/json',
    body: Buffer.from(text),
    at: 'door',
  });
  return [
    ...['gzip', 'br', 'deflate', 'zstd', 'gzip, gzip'].map(packed),
    json('lists in lists', '['.repeat(60_000)),
    json('maps in maps', '{"a":'.repeat(10_000)),
    json('a label of a megabyte', JSON.stringify({ label: 'x'.repeat(MB) })),
    json('a key that changes every object', '{"__proto__":{"roles":["admin"]},"label":"x"}'),
  ];
}

/** Files that are no scan, or hurt a reader; each sent as a scan of one file. */
function fileBombs(): Bomb[] {
  const inside = (name: string, body: Uint8Array): Bomb => ({ name, type: 'application/dicom', body, at: 'inside' });
  const plain = sliceBytes({ syntax: EXPLICIT });
  const png = Buffer.concat([
    Buffer.from('89504e470d0a1a0a0000000d49484452', 'hex'),
    Buffer.from([0, 0, 0xff, 0xff, 0, 0, 0xff, 0xff, 8, 6, 0, 0, 0]),
    Buffer.alloc(4),
  ]);
  const deep = Buffer.concat([
    Buffer.from(plain.subarray(0, plain.length - 108)),
    ...Array(20_000).fill(
      Buffer.from([9, 0, 0x10, 0, 0x53, 0x51, 0, 0, 255, 255, 255, 255, 0xfe, 255, 0, 0xe0, 255, 255, 255, 255]),
    ),
  ]);
  const model = zipOf([{ name: '3D/3dmodel.model', packed: zeros(60 * MB), claims: 60 * MB }]);
  return [
    inside('a picture of 65535 × 65535', png),
    inside('a model of sixty megabytes in a 3MF', model),
    inside('twenty thousand sequences in each other', deep),
    inside('a gigabyte, gzip', gzipSync(Buffer.alloc(64 * MB))),
  ];
}

export const allBombs = (): Bomb[] => [...zipBombs(), ...framedBombs(), ...bodyBombs(), ...fileBombs()];
