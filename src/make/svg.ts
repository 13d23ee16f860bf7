import { joinOutlines, type Outlines, outlinesBox } from './outlines.ts';

/** One layer as it is drawn. */
export interface LayerPicture {
  readonly title: string;
  readonly outlines: Outlines;
  readonly supports?: Outlines;
  /** Vectors by what they are for; x and y of beginning and end. */
  readonly vectors?: Readonly<Partial<Record<VectorKind, Float64Array>>>;
}
export type VectorKind = 'core' | 'downSkin' | 'upSkin' | 'support';

const COLOURS: Readonly<Record<VectorKind, string>> = {
  core: '#7a8fa6',
  downSkin: '#c0392b',
  upSkin: '#1f7a4d',
  support: '#d08a2e',
};
const CELL = 240;
const HEAD = 22;

/**
 * Layers side by side, all at the same scale, seen from above: outlines, hatch, skins, supports.
 * @param columns layers in a row
 */
export function layersSvg(layers: readonly LayerPicture[], columns = 4): string {
  const all = joinOutlines(layers.flatMap((l) => [l.outlines, ...(l.supports ? [l.supports] : [])]));
  const [x0, y0, x1, y1] = all.points.length > 0 ? outlinesBox(all) : [0, 0, 1, 1];
  const side = Math.max(x1 - x0, y1 - y0) * 1.06;
  const scale = CELL / side;
  const cx = (x0 + x1) / 2;
  const cy = (y0 + y1) / 2;
  const rows = Math.ceil(layers.length / columns);
  const width = Math.min(columns, layers.length) * CELL;
  const height = rows * (CELL + HEAD);
  const px = (x: number) => +(CELL / 2 + (x - cx) * scale).toFixed(2);
  const py = (y: number) => +(CELL / 2 - (y - cy) * scale).toFixed(2);
  const cells = layers.map((layer, i) => {
    const at = `translate(${(i % columns) * CELL} ${Math.floor(i / columns) * (CELL + HEAD) + HEAD})`;
    const vectors = Object.entries(layer.vectors ?? {}).map(
      ([kind, v]) =>
        `<path d="${vectorPath(v, px, py)}" stroke="${COLOURS[kind as VectorKind]}" stroke-width="0.35" fill="none"/>`,
    );
    const supports = layer.supports
      ? `<path d="${loopPath(layer.supports, px, py)}" fill="#f0d9b5" stroke="${COLOURS.support}" stroke-width="0.6"/>`
      : '';
    return (
      `<g transform="${at}"><text x="6" y="-6" font-family="sans-serif" font-size="11">${safe(layer.title)}</text>` +
      `${supports}<path d="${loopPath(layer.outlines, px, py)}" fill="#eef2f6" fill-rule="evenodd" stroke="#22303c" ` +
      `stroke-width="0.8"/>${vectors.join('')}</g>`
    );
  });
  const bar = barLength(side);
  const mark =
    `<g transform="translate(8 ${height - 8})"><path d="M0 0H${+(bar * scale).toFixed(2)}" stroke="#000"/>` +
    `<text y="-3" font-family="sans-serif" font-size="9">${bar} mm</text></g>`;
  return (
    `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}">\n` +
    `<rect width="${width}" height="${height}" fill="#fff"/>\n${cells.join('\n')}\n${mark}\n</svg>\n`
  );
}

type Place = (v: number) => number;

function loopPath({ points: p, start }: Outlines, px: Place, py: Place): string {
  let d = '';
  for (let loop = 0; loop + 1 < start.length; loop++) {
    for (let i = start[loop]; i < start[loop + 1]; i++)
      d += `${i === start[loop] ? 'M' : 'L'}${px(p[2 * i])} ${py(p[2 * i + 1])}`;
    d += 'Z';
  }
  return d;
}

function vectorPath(v: Float64Array, px: Place, py: Place): string {
  let d = '';
  for (let i = 0; i < v.length; i += 4) d += `M${px(v[i])} ${py(v[i + 1])}L${px(v[i + 2])} ${py(v[i + 3])}`;
  return d;
}

/** 1, 2 or 5 times a power of ten, near a fifth of the cell. */
function barLength(sideMm: number): number {
  let step = 0.001;
  while (step * 10 <= sideMm / 5) step *= 10;
  const best = [5, 2, 1].find((m) => m * step <= sideMm / 5) ?? 1;
  return +(best * step).toPrecision(3);
}

const safe = (text: string): string => text.replace(/&/g, '&amp;').replace(/</g, '&lt;').replace(/>/g, '&gt;');
