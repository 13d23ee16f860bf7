import { OsteonError, type Vec3 } from '../base/index.ts';
import { spacingMm, type Volume } from '../volume/index.ts';
import {
  type Code,
  coded,
  commonModules,
  type DerivedTags,
  referencedSeries,
  type SeriesContext,
  sourceImages,
} from './derived.ts';
import { EXPLICIT_LITTLE } from './syntaxes.ts';
import { uidFrom } from './uid.ts';
import { decimal } from './write-ct.ts';
import { type NewElements, writeDicomFile } from './writer.ts';

const SEGMENTATION = '1.2.840.10008.5.1.4.1.1.66.4';
const ANATOMY: Code = ['91723000', 'SCT', 'Anatomical Structure'];
const BONE: Code = ['272673000', 'SCT', 'Bone'];
const SIDES: Readonly<Record<string, Code>> = {
  left: ['7771000', 'SCT', 'Left'],
  right: ['24028007', 'SCT', 'Right'],
};

/** One label of a volume of labels. A name that begins with a side (`left-talus`) is filed under it. */
export interface SegmentName {
  readonly label: number;
  readonly name: string;
  /** 0 to 255 each. */
  readonly colour: readonly [number, number, number];
}

/**
 * Labels as a DICOM segmentation: one binary frame for each bone and plane on which it has voxels. Bones are coded as
 * bone and side; which one it is stands in the label, as written in the case.
 * @requires the grid of the series: its planes are the series' planes
 * @throws dicom.geometry where the number of planes differs, dicom.none where no label is there
 * @source DICOM PS3.3 A.51, C.8.20
 */
export function writeSegmentation(
  labels: Volume<'label', Uint8Array>,
  segments: readonly SegmentName[],
  context: SeriesContext,
  tags: DerivedTags,
): Uint8Array {
  const { grid, data } = labels;
  const [nx, ny, nz] = grid.size;
  if (context.sopInstanceUids.length !== nz)
    throw new OsteonError('dicom.geometry', { planes: nz, instances: context.sopInstanceUids.length });
  const slice = nx * ny;
  const frames: { readonly segment: number; readonly plane: number }[] = [];
  const there = segments.map(() => new Uint8Array(nz));
  const indexOf = new Int16Array(256).fill(-1);
  for (const [i, { label }] of segments.entries()) indexOf[label] = i;
  for (let i = 0; i < data.length; i++)
    if (data[i] !== 0 && indexOf[data[i]] >= 0) there[indexOf[data[i]]][Math.floor(i / slice)] = 1;
  for (let s = 0; s < segments.length; s++)
    for (let z = 0; z < nz; z++) if (there[s][z]) frames.push({ segment: s, plane: z });
  if (frames.length === 0) throw new OsteonError('dicom.none', { segments: segments.length });

  // Bits run on from frame to frame, the first voxel in the lowest bit.
  const pixels = new Uint8Array(Math.ceil((frames.length * slice) / 8));
  for (const [f, { segment, plane }] of frames.entries()) {
    const { label } = segments[segment];
    for (let i = 0, bit = f * slice; i < slice; i++, bit++)
      if (data[plane * slice + i] === label) pixels[bit >> 3] |= 1 << (bit & 7);
  }

  const { m } = grid.lpsFromVoxel;
  const [sx, sy, sz] = spacingMm(grid);
  const axis = (c: number, s: number): Vec3 => [m[c] / s, m[4 + c] / s, m[8 + c] / s];
  const at = (z: number) => [0, 1, 2].map((r) => decimal(m[4 * r + 2] * z + m[4 * r + 3])).join('\\');
  const organisation = uidFrom(`${tags.seed}/dimensions`);
  const present = segments.filter((_, s) => there[s].includes(1));
  // Segments are numbered from 1 without gaps, in the order given.
  const numberOf = new Map(present.map((s, i) => [s.label, i + 1]));
  const dimension = (
    pointer: readonly [number, number],
    group: readonly [number, number],
    name: string,
  ): NewElements => [
    [0x0020_9164, 'UI', organisation],
    [0x0020_9165, 'AT', pointer],
    [0x0020_9167, 'AT', group],
    [0x0020_9421, 'LO', name],
  ];
  return writeDicomFile(EXPLICIT_LITTLE, [
    ...commonModules(context, tags, SEGMENTATION, 'SEG'),
    [0x0008_0008, 'CS', 'DERIVED\\PRIMARY'],
    [0x0008_1115, 'SQ', [referencedSeries(context)]],
    [0x0020_9221, 'SQ', [[[0x0020_9164, 'UI', organisation]]]],
    [
      0x0020_9222,
      'SQ',
      [
        dimension([0x0062, 0x000b], [0x0062, 0x000a], 'Segment'),
        dimension([0x0020, 0x0032], [0x0020, 0x9113], 'Plane'),
      ],
    ],
    [0x0028_0002, 'US', [1]],
    [0x0028_0004, 'CS', 'MONOCHROME2'],
    [0x0028_0008, 'IS', String(frames.length)],
    [0x0028_0010, 'US', [ny]],
    [0x0028_0011, 'US', [nx]],
    [0x0028_0100, 'US', [1]],
    [0x0028_0101, 'US', [1]],
    [0x0028_0102, 'US', [0]],
    [0x0028_0103, 'US', [0]],
    [0x0028_2110, 'CS', '00'],
    [0x0062_0001, 'CS', 'BINARY'],
    [0x0062_0002, 'SQ', present.map((s, i) => segmentItem(s, i + 1))],
    [0x0070_0080, 'CS', 'BONES'],
    [0x0070_0081, 'LO', tags.description.slice(0, 64)],
    [0x0070_0084, 'PN', ''],
    [
      0x5200_9229,
      'SQ',
      [
        [
          [0x0020_9116, 'SQ', [[[0x0020_0037, 'DS', [...axis(0, sx), ...axis(1, sy)].map(decimal).join('\\')]]]],
          [
            0x0028_9110,
            'SQ',
            [
              [
                [0x0018_0050, 'DS', decimal(sz)],
                [0x0018_0088, 'DS', decimal(sz)],
                [0x0028_0030, 'DS', `${decimal(sy)}\\${decimal(sx)}`],
              ],
            ],
          ],
        ],
      ],
    ],
    [
      0x5200_9230,
      'SQ',
      frames.map(({ segment, plane }): NewElements => {
        const number = numberOf.get(segments[segment].label)!;
        return [
          [
            0x0008_9124,
            'SQ',
            [
              [
                [0x0008_2112, 'SQ', sourceOf(context, plane)],
                [0x0008_9215, 'SQ', coded(['113076', 'DCM', 'Segmentation'])],
              ],
            ],
          ],
          [0x0020_9111, 'SQ', [[[0x0020_9157, 'UL', [number, plane + 1]]]]],
          [0x0020_9113, 'SQ', [[[0x0020_0032, 'DS', at(plane)]]]],
          [0x0062_000a, 'SQ', [[[0x0062_000b, 'US', [number]]]]],
        ];
      }),
    ],
    [0x7fe0_0010, 'OB', pixels],
  ]);
}

const sourceOf = (context: SeriesContext, plane: number): NewElements[] =>
  sourceImages(context, [context.sopInstanceUids[plane]]).map((item) => [
    ...item,
    [0x0040_a170, 'SQ', coded(['121322', 'DCM', 'Source image for image processing operation'])],
  ]);

function segmentItem({ name, colour }: SegmentName, number: number): NewElements {
  const side = SIDES[name.split('-')[0]];
  const type = coded(BONE)[0];
  return [
    [0x0062_0003, 'SQ', coded(ANATOMY)],
    [0x0062_0004, 'US', [number]],
    [0x0062_0005, 'LO', name],
    [0x0062_0008, 'CS', 'SEMIAUTOMATIC'],
    [0x0062_0009, 'LO', 'Osteon'],
    [0x0062_000d, 'US', cieLab(colour)],
    [0x0062_000f, 'SQ', [side ? [...type, [0x0062_0011, 'SQ', coded(side)]] : type]],
  ];
}

/** sRGB to the CIELab of DICOM (D50, 16 bits). @source PS3.3 C.10.7.1.1; sRGB IEC 61966-2-1 */
function cieLab(colour: readonly [number, number, number]): number[] {
  const linear = colour.map((v) => {
    const c = v / 255;
    return c <= 0.04045 ? c / 12.92 : Math.exp(2.4 * Math.log((c + 0.055) / 1.055));
  });
  const [r, g, b] = linear;
  const xyz = [
    (0.4360747 * r + 0.3850649 * g + 0.1430804 * b) / 0.9642,
    0.2225045 * r + 0.7168786 * g + 0.0606169 * b,
    (0.0139322 * r + 0.0971045 * g + 0.7141733 * b) / 0.8251,
  ].map((t) => (t > 216 / 24389 ? Math.cbrt(t) : ((24389 / 27) * t + 16) / 116));
  const [fx, fy, fz] = xyz;
  const lab = [116 * fy - 16, 500 * (fx - fy), 200 * (fy - fz)];
  const sixteen = (v: number) => Math.round(Math.min(65535, Math.max(0, v)));
  return [
    sixteen((lab[0] * 65535) / 100),
    sixteen(((lab[1] + 128) * 65535) / 255),
    sixteen(((lab[2] + 128) * 65535) / 255),
  ];
}
