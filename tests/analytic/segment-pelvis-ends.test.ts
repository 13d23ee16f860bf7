import { expect, test } from 'vitest';
import { cutAreas } from '../../src/segment/pelvis/cut-ends.ts';
import { fragmentFindings } from '../../src/segment/pelvis/findings.ts';

test('the section of a bone at the end of the scan, or of what was measured, has its area', () => {
  const [nx, ny, nz] = [20, 16, 12];
  const data = new Uint8Array(nx * ny * nz);
  const padded = new Uint8Array(data.length);
  for (let z = 0, i = 0; z < nz; z++)
    for (let y = 0; y < ny; y++)
      for (let x = 0; x < nx; x++, i++) {
        if (x < 5 && y > 3 && y < 10 && z > 2 && z < 7) data[i] = 1;
        else if (x > 7 && x < 12 && y > 3 && y < 10 && z > 2 && z < 7) data[i] = 2;
        else if (x > 14 && y > 3 && y < 10 && z > 2 && z < 7) padded[i] = 1;
        if (x > 12 && x < 15 && y > 3 && y < 8 && z > 3 && z < 7) data[i] = 3;
      }
  const areas = cutAreas(data, padded, { nx, ny, nz, count: data.length, spacing: [0.5, 1, 2] }, 3);
  // At x low over 6 × 4 voxels of 1 × 2 mm; inside; beside padding over 4 × 3 voxels of 1 × 2 mm.
  expect([...areas]).toEqual([0, 48, 0, 24]);
});

test('a fragment that lacks a tip warns, one that is cut blocks, a bone between may be cut', () => {
  const bone = (name: string, kind: string, cutMm2: number) => ({
    name,
    kind,
    cut: cutMm2 > 0,
    cutMm2,
    volumeMm3: 3e4,
  });
  const findings = fragmentFindings([
    bone('left-ilium', 'fragment', 0),
    bone('left-anterior-column', 'fragment', 60),
    bone('left-posterior-column', 'fragment', 400),
    bone('right-hip-bone', 'hip-bone', 400),
    bone('sacrum', 'sacrum', 900),
  ]);
  expect(findings.map((f) => [f.level, f.code, f.facts?.bone])).toEqual([
    ['warning', 'segment.bone-cut', 'left-anterior-column'],
    ['blocker', 'segment.bone-cut', 'left-posterior-column'],
    ['warning', 'segment.bone-cut', 'right-hip-bone'],
  ]);
});
