import { OsteonError } from '../base/index.ts';
import { concatBytes, toUtf8, viewOf } from './bytes.ts';
import {
  CLI_COMMANDS,
  CLI_KINDS,
  type CliEncoding,
  type CliHead,
  type CliLayer,
  type CliPolyline,
} from './cli-layers.ts';

/**
 * A CLI file from layers handed over one at a time. ASCII keeps every number exactly; binary rounds to single precision
 * (4 nm at 60 mm). Closed polylines repeat their first point in the file, as the format wants.
 * @param layers as many as the head says, tops ascending
 * @throws param.range where the layers do not fit the head or are not finite
 * @source Common Layer Interface (CLI), version 2.0, Brite EuRam project BE 2578
 */
export function writeCli(head: CliHead, layers: Iterable<CliLayer>, encoding: CliEncoding): Uint8Array {
  const parts: Uint8Array[] = [toUtf8(headText(head, encoding))];
  let count = 0;
  let last = Number.NEGATIVE_INFINITY;
  for (const layer of layers) {
    if (!(layer.topMm > last)) throw new OsteonError('param.range', { what: 'CLI layers ascend', topMm: layer.topMm });
    last = layer.topMm;
    count++;
    parts.push(encoding === 'ascii' ? toUtf8(layerText(layer, head.unitMm)) : layerBytes(layer, head.unitMm));
  }
  if (count !== head.layers) throw new OsteonError('param.range', { what: 'CLI layers', said: head.layers, count });
  if (encoding === 'ascii') parts.push(toUtf8('$$GEOMETRYEND\n'));
  return concatBytes(parts);
}

function headText({ unitMm, labels, box, layers }: CliHead, encoding: CliEncoding): string {
  const lines = ['$$HEADERSTART', encoding === 'ascii' ? '$$ASCII' : '$$BINARY', `$$UNITS/${unitMm}`, '$$VERSION/200'];
  for (const [id, name] of Object.entries(labels)) lines.push(`$$LABEL/${id},${plain(name)}`);
  if (box) lines.push(`$$DIMENSION/${box.map((x) => x / unitMm).join(',')}`);
  lines.push(`$$LAYERS/${layers}`);
  // In a binary file the geometry begins with the byte after the head's last sign.
  if (encoding === 'binary') return `${lines.join('\n')}\n$$HEADEREND`;
  return `${[...lines, '$$HEADEREND', '$$GEOMETRYSTART'].join('\n')}\n`;
}

const plain = (name: string): string => name.replace(/[^\x20-\x7e]|[$,/]/g, '_').slice(0, 80);

function layerText({ topMm, polylines, hatches }: CliLayer, unitMm: number): string {
  const lines = [`$$LAYER/${finite(topMm / unitMm)}`];
  const list = (values: Float64Array) => Array.from(values, (x) => finite(x / unitMm)).join(',');
  for (const polyline of polylines) {
    const points = closed(polyline);
    lines.push(`$$POLYLINE/${polyline.model},${directionOf(polyline)},${points.length / 2},${list(points)}`);
  }
  for (const { model, vectors } of hatches)
    if (vectors.length > 0) lines.push(`$$HATCHES/${model},${vectors.length / 4},${list(vectors)}`);
  return `${lines.join('\n')}\n`;
}

function layerBytes({ topMm, polylines, hatches }: CliLayer, unitMm: number): Uint8Array {
  const lines = polylines.map((polyline) => ({ polyline, points: closed(polyline) }));
  const filled = hatches.filter((h) => h.vectors.length > 0);
  const size =
    6 +
    lines.reduce((s, l) => s + 14 + 4 * l.points.length, 0) +
    filled.reduce((s, h) => s + 10 + 4 * h.vectors.length, 0);
  const out = new Uint8Array(size);
  const view = viewOf(out);
  let at = 0;
  const u16 = (n: number) => {
    view.setUint16(at, n, true);
    at += 2;
  };
  const i32 = (n: number) => {
    view.setInt32(at, n, true);
    at += 4;
  };
  const f32 = (x: number) => {
    view.setFloat32(at, finite(x / unitMm), true);
    at += 4;
  };
  u16(CLI_COMMANDS.layerLong);
  f32(topMm);
  for (const { polyline, points } of lines) {
    u16(CLI_COMMANDS.polylineLong);
    i32(polyline.model);
    i32(directionOf(polyline));
    i32(points.length / 2);
    for (let i = 0; i < points.length; i++) f32(points[i]);
  }
  for (const { model, vectors } of filled) {
    u16(CLI_COMMANDS.hatchesLong);
    i32(model);
    i32(vectors.length / 4);
    for (let i = 0; i < vectors.length; i++) f32(vectors[i]);
  }
  return out;
}

const directionOf = ({ kind }: CliPolyline): number => CLI_KINDS.indexOf(kind);

function closed({ kind, points }: CliPolyline): Float64Array {
  if (kind === 'open') return points;
  const out = new Float64Array(points.length + 2);
  out.set(points);
  out.set(points.subarray(0, 2), points.length);
  return out;
}

function finite(x: number): number {
  if (Number.isFinite(x)) return x;
  throw new OsteonError('param.range', { what: 'CLI coordinate', value: String(x) });
}
