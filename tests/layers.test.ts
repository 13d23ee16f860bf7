import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, normalize, relative } from 'node:path';
import { expect, test } from 'vitest';

// A room may import from rooms on lower rows only, through their index; rooms on one row are strangers. Types count.
const ROWS = [
  ['base'],
  ['math'],
  ['volume', 'mesh'],
  ['surface', 'io', 'dicom', 'segment', 'register', 'measure', 'render'],
  ['phantom', 'design', 'fea', 'make', 'inspect'],
  ['plan'],
  ['platform'],
  ['server'],
  ['cli'],
];
const row = new Map(ROWS.flatMap((rooms, i) => rooms.map((room) => [room, i] as const)));
const SRC = join(import.meta.dirname, '../src');

function* imports(): Generator<{ file: string; spec: string; to: string }> {
  for (const entry of readdirSync(SRC, { recursive: true, encoding: 'utf8' })) {
    if (!entry.endsWith('.ts') || entry.endsWith('.d.ts')) continue;
    const text = readFileSync(join(SRC, entry), 'utf8');
    for (const [, spec] of text.matchAll(/(?:from|import\()\s*'(\.[^']+)'/g))
      yield { file: entry, spec, to: relative(SRC, normalize(join(SRC, dirname(entry), spec))) };
  }
}

test('every folder is a room with a row', () => {
  for (const room of readdirSync(SRC, { withFileTypes: true }))
    if (room.isDirectory()) expect(row.has(room.name), room.name).toBe(true);
});

test('imports point down only, types included', () => {
  const bad = [];
  for (const { file, spec, to } of imports()) {
    const [a] = file.split('/');
    const [b] = to.split('/');
    if (a !== b && !(row.get(b)! < row.get(a)!)) bad.push(`${file} -> ${spec}`);
  }
  expect(bad).toEqual([]);
});

test("no one reaches past a room's index", () => {
  const bad = [];
  for (const { file, spec, to } of imports()) {
    const [a] = file.split('/');
    const [b, ...rest] = to.split('/');
    const door = rest.at(-1) === 'index.ts' && rest.length <= 2;
    if (a !== b && !door) bad.push(`${file} -> ${spec}`);
  }
  expect(bad).toEqual([]);
});
