import { OsteonError } from '../base/index.ts';
import { type ExtrudedLayer, type ExtrudedPath, lineSectionMm2, type PathKind } from './extrude.ts';
import { type Process, settingOf } from './process.ts';

export interface GcodeOptions {
  /** First comment of the file. */
  readonly title: string;
  /** Travel longer than this is made with the filament drawn back, mm. */
  readonly retractBeyondMm: number;
  /** Shortest time of a layer, s: smaller layers are printed more slowly, so that they set. */
  readonly leastLayerS: number;
}

export const GCODE_DEFAULTS: GcodeOptions = {
  title: 'Osteon',
  retractBeyondMm: 2,
  leastLayerS: 8, // small sections of polylactide stay soft below this
};

export interface Gcode {
  readonly text: string;
  readonly lines: number;
  /** Length of plastic laid, mm, and the filament that goes into it, mm. */
  readonly laidMm: number;
  readonly filamentMm: number;
  readonly travelMm: number;
  /** Estimate without acceleration, s. */
  readonly timeS: number;
  readonly massG: number;
}

const TYPES: Readonly<Record<PathKind, string>> = {
  skirt: 'SKIRT',
  outer: 'WALL-OUTER',
  inner: 'WALL-INNER',
  solid: 'SKIN',
  infill: 'FILL',
  support: 'SUPPORT',
};

/**
 * Instructions for a stock printer: millimetres, absolute places, absolute extrusion that starts anew with each layer,
 * temperatures, skirt, walls, skin, infill, supports. The middle of the plate is the middle of the bed, whose corner is
 * the machine's origin.
 * @throws make.too-large for a path beyond the bed, param.missing for another process
 */
export function writeGcode(
  process: Process,
  layers: readonly ExtrudedLayer[],
  options: Partial<GcodeOptions> = {},
): Gcode {
  const o = { ...GCODE_DEFAULTS, ...options };
  const machine = machineOf(process);
  const lines = startLines(process, o);
  const state = { x: 0, y: 0, e: 0, laidMm: 0, filamentMm: 0, travelMm: 0, timeS: 0, retracted: false };
  const say = (line: string): void => {
    lines.push(line);
  };

  const travel = (x: number, y: number): void => {
    const d = Math.hypot(x - state.x, y - state.y);
    if (d < 1e-6) return;
    if (d > o.retractBeyondMm && !state.retracted && state.e > 0) retract(-1);
    say(`G0 X${mm(x)} Y${mm(y)} F${machine.travel * 60}`);
    state.travelMm += d;
    state.timeS += d / machine.travel;
    state.x = x;
    state.y = y;
  };
  const retract = (way: 1 | -1): void => {
    state.e += way * machine.retract;
    state.retracted = way < 0;
    say(`G1 E${state.e.toFixed(5)} F${machine.retractSpeed * 60}`);
    state.timeS += machine.retract / machine.retractSpeed;
  };
  const extrude = (x: number, y: number, feed: number): void => {
    const d = Math.hypot(x - state.x, y - state.y);
    if (d < 1e-6) return;
    const filament = d * machine.filamentPerMm;
    state.e += filament;
    say(`G1 X${mm(x)} Y${mm(y)} E${state.e.toFixed(5)}${feed > 0 ? ` F${Math.round(feed * 60)}` : ''}`);
    state.laidMm += d;
    state.filamentMm += filament;
    state.x = x;
    state.y = y;
  };
  const draw = ({ points, closed }: ExtrudedPath, feed: number): void => {
    const px = (i: number) => points[i] + machine.bedX / 2;
    const py = (i: number) => points[i + 1] + machine.bedY / 2;
    travel(onBed(px(0), machine.bedX), onBed(py(0), machine.bedY));
    if (state.retracted) retract(1);
    for (let i = 2; i < points.length; i += 2)
      extrude(onBed(px(i), machine.bedX), onBed(py(i), machine.bedY), i === 2 ? feed : 0);
    if (closed) extrude(px(0), py(0), 0);
  };

  layers.forEach(({ topMm, paths }, k) => {
    const length = paths.reduce((s, p) => s + pathLengthMm(p), 0);
    const speed = Math.min(k === 0 ? machine.firstSpeed : machine.speed, Math.max(5, length / o.leastLayerS));
    say(`;LAYER:${k}`);
    state.e = state.retracted ? -machine.retract : 0;
    say(`G92 E${state.e.toFixed(5)}`);
    say(`G0 Z${topMm.toFixed(3)} F600`);
    if (k === 1) say('M106 S255 ; fan on');
    let kind: PathKind | undefined;
    for (const path of paths) {
      if (path.kind !== kind) say(`;TYPE:${TYPES[path.kind]}`);
      kind = path.kind;
      const own = path.kind === 'outer' || path.kind === 'solid' ? 0.7 * speed : speed;
      state.timeS += pathLengthMm(path) / own;
      draw(path, own);
    }
  });
  lines.push(...endLines(layers.at(-1)?.topMm ?? 0, settingOf(process, 'buildZMm')));
  const { laidMm, filamentMm, travelMm, timeS } = state;
  const massG = (laidMm * machine.sectionMm2 * settingOf(process, 'densityGPerCm3')) / 1000;
  return { text: `${lines.join('\n')}\n`, lines: lines.length, laidMm, filamentMm, travelMm, timeS, massG };
}

function machineOf(process: Process) {
  const of = (name: Parameters<typeof settingOf>[1]) => settingOf(process, name);
  const sectionMm2 = lineSectionMm2(of('lineMm'), of('layerMm'));
  return {
    bedX: of('buildXMm'),
    bedY: of('buildYMm'),
    speed: of('printSpeedMmS'),
    firstSpeed: of('firstLayerSpeedMmS'),
    travel: of('travelSpeedMmS'),
    retract: of('retractMm'),
    retractSpeed: of('retractSpeedMmS'),
    sectionMm2,
    filamentPerMm: sectionMm2 / ((Math.PI / 4) * of('filamentMm') * of('filamentMm')),
  };
}

function startLines(process: Process, { title }: GcodeOptions): string[] {
  const nozzle = settingOf(process, 'nozzleC');
  const bed = settingOf(process, 'bedC');
  return [
    `; ${title.replace(/[^\x20-\x7e]/g, '_')}`,
    `; ${process.id}: ${process.material}, nozzle ${settingOf(process, 'nozzleMm')} mm, layer ${settingOf(process, 'layerMm')} mm`,
    'G21 ; millimetres',
    'G90 ; absolute places',
    'M82 ; absolute extrusion',
    'M107 ; fan off',
    `M140 S${bed}`,
    `M104 S${nozzle}`,
    'G28 ; home',
    `M190 S${bed} ; wait for the bed`,
    `M109 S${nozzle} ; wait for the nozzle`,
    'G92 E0',
  ];
}

function endLines(topMm: number, roomMm: number): string[] {
  return [
    'M107',
    'M104 S0',
    'M140 S0',
    `G0 Z${Math.min(roomMm, topMm + 10).toFixed(3)} F600 ; away from the part`,
    'G28 X0 Y0',
    'M84 ; motors off',
  ];
}

const mm = (x: number): string => x.toFixed(4);

function onBed(x: number, bed: number): number {
  if (x >= 0 && x <= bed) return x;
  throw new OsteonError('make.too-large', { atMm: Math.round(10 * x) / 10, bedMm: bed }, 'The skirt counts too.');
}

export function pathLengthMm({ points: p, closed }: ExtrudedPath): number {
  let sum = 0;
  for (let i = closed ? 0 : 2; i < p.length; i += 2) {
    const j = i === 0 ? p.length - 2 : i - 2;
    sum += Math.hypot(p[i] - p[j], p[i + 1] - p[j + 1]);
  }
  return sum;
}
