import { OsteonError } from '../base/index.ts';

/** One stroke of plastic, as a printer would lay it. */
export interface Stroke {
  readonly z: number;
  readonly type: string;
  /** Filament that went in, mm. */
  readonly filamentMm: number;
  /** x and y of beginning and end, machine mm. */
  readonly line: readonly [number, number, number, number];
}

export interface Replay {
  readonly strokes: readonly Stroke[];
  readonly travelMm: number;
  /** Filament through the nozzle, mm; what was drawn back and given again does not count. */
  readonly filamentMm: number;
  readonly nozzleC: number;
  readonly bedC: number;
  /** Box of everything laid, machine mm. */
  readonly box: readonly [x0: number, y0: number, x1: number, y1: number];
}

/**
 * Runs G-code as a stock printer does, and refuses what such a printer would do wrong: no units or mode set, plastic before
 * the nozzle is hot, places before homing, commands it does not know.
 * @throws make.file with the line
 */
export function replayGcode(text: string): Replay {
  const at = { x: 0, y: 0, z: 0, e: 0 };
  const strokes: Stroke[] = [];
  const said = new Set<string>();
  let type = '';
  let travelMm = 0;
  let filamentMm = 0;
  let drawnBack = 0;
  let nozzleC = 0;
  let bedC = 0;
  const box: [number, number, number, number] = [Infinity, Infinity, -Infinity, -Infinity];
  text.split('\n').forEach((raw, number) => {
    const comment = raw.indexOf(';');
    if (comment === 0 && raw.startsWith(';TYPE:')) type = raw.slice(6).trim();
    const words = (comment < 0 ? raw : raw.slice(0, comment)).trim().split(/\s+/);
    const [command, ...args] = words;
    if (!command) return;
    const refuse = (reason: string): never => {
      throw new OsteonError('make.file', { what: 'G-code', line: number + 1, reason });
    };
    const value = (letter: string): number | undefined => {
      const word = args.find((a) => a.startsWith(letter));
      if (word === undefined) return undefined;
      const x = Number(word.slice(1) || '0');
      return Number.isFinite(x) ? x : refuse(`${letter} is no number`);
    };
    said.add(command);
    if (command === 'G92') at.e = value('E') ?? at.e;
    else if (command === 'M104' || command === 'M109') nozzleC = Math.max(nozzleC, value('S') ?? 0);
    else if (command === 'M140' || command === 'M190') bedC = Math.max(bedC, value('S') ?? 0);
    else if (command === 'G0' || command === 'G1') {
      if (!said.has('G21') || !said.has('G90') || !said.has('M82')) refuse('units or modes are not set');
      if (!said.has('G28')) refuse('not homed');
      const x = value('X') ?? at.x;
      const y = value('Y') ?? at.y;
      const z = value('Z') ?? at.z;
      const e = value('E') ?? at.e;
      const d = Math.hypot(x - at.x, y - at.y);
      const fed = e - at.e;
      if (fed < 0) drawnBack -= fed;
      const fresh = Math.max(0, fed - drawnBack);
      if (fed > 0) drawnBack = Math.max(0, drawnBack - fed);
      if (fresh > 1e-9 && !said.has('M109')) refuse('plastic before the nozzle is hot');
      if (fresh > 1e-9 && d > 0) {
        if (z <= 0) refuse('plastic below the bed');
        strokes.push({ z, type, filamentMm: fresh, line: [at.x, at.y, x, y] });
        box[0] = Math.min(box[0], x, at.x);
        box[1] = Math.min(box[1], y, at.y);
        box[2] = Math.max(box[2], x, at.x);
        box[3] = Math.max(box[3], y, at.y);
      } else travelMm += d;
      filamentMm += fresh;
      Object.assign(at, { x, y, z, e });
    } else if (!/^(G21|G28|G90|M82|M84|M106|M107)$/.test(command)) refuse(`unknown command ${command.slice(0, 10)}`);
  });
  return { strokes, travelMm, filamentMm, nozzleC, bedC, box };
}
