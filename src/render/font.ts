/**
 * A stroke font of our own. A glyph is its width and its strokes; a stroke is a run of points, each two base-36 digits x, y.
 * The baseline is y = 4, small letters reach 12, capitals 16, descenders 0. A leading `~` draws the points as the control
 * polygon of a quadratic spline that starts and ends on its first and last point.
 */
const GLYPHS: Readonly<Record<string, string>> = {
  ' ': '5',
  '!': '2 1g18 1415',
  '"': '3 0g0d 3g3d',
  '#': '8 143g 557g 0888 0c8c',
  $: '9 ~9d9g0g0a9a940407 5i52',
  '%': 'a 04ag ~0e0g4g4c0c0e ~6668a8a46466',
  '&': 'a ~a42c2g6g6c090464a9',
  "'": '1 0g0d',
  '(': '4 ~4h0e0643',
  ')': '4 ~0h4e4603',
  '*': '6 3f39 0e6a 0a6e',
  '+': '8 4c44 0888',
  ',': '2 1512',
  '-': '6 0868',
  '.': '2 1415',
  '/': '7 037h',
  0: '8 ~0a0g8g84040a',
  1: '8 1d5g54',
  2: '8 ~0d0g8g8b04 0484',
  3: '8 ~0e0g7g7a3a ~3a8a840406',
  4: '8 646g0888',
  5: '8 7g1g0a ~0a1c8c840406',
  6: '8 ~7f6g0g08 ~0804848c0c08',
  7: '8 0g8g34',
  8: '8 ~1d1g7g7a1a1d ~070a8a840407',
  9: '8 ~1524848c ~8c8g0g08888c',
  ':': '2 1415 1a1b',
  ';': '2 1512 1a1b',
  '<': '8 8c0884',
  '=': '8 0a8a 0686',
  '>': '8 0c8804',
  '?': '7 ~0e0g7g7b3a38 3435',
  '@': 'c ~9a9d3d3797 979d ~97c7cg0g04a4',
  A: 'a 045ga4 2888',
  B: '9 040g ~0g8g8a0a ~0a9a9404',
  C: 'a ~adag0g04a4a7',
  D: 'a 040g ~0gaga404',
  E: '8 8g0g0484 0a7a',
  F: '8 8g0g04 0a7a',
  G: 'a ~adag0g04a4aa aa6a',
  H: 'a 040g a4ag 0aaa',
  I: '2 141g',
  J: '7 ~7g740407',
  K: '9 040g 9g09 3b94',
  L: '8 0g0484',
  M: 'c 040g68cgc4',
  N: 'a 040ga4ag',
  O: 'b ~0a0gbgb4040a',
  P: '9 040g ~0g9g9909',
  Q: 'b ~0a0gbgb4040a 77b3',
  R: '9 040g ~0g9g9909 4994',
  S: '9 ~9d9g0g0a9a940407',
  T: 'a 0gag 5g54',
  U: 'a ~0g04a4ag',
  V: 'a 0g54ag',
  W: 'e 0g447ea4eg',
  X: '9 0g94 049g',
  Y: 'a 0g5aag 5a54',
  Z: '9 0g9g0494',
  '[': '4 4h0h0343',
  '\\': '7 0h73',
  ']': '4 0h4h4303',
  '^': '8 0c4g8c',
  _: '8 0282',
  '`': '2 0g2d',
  a: '8 8c84 ~8a8c0c048486',
  b: '8 0g04 ~0a0c8c840406',
  c: '7 ~7a7c0c047476',
  d: '8 8g84 ~8a8c0c048486',
  e: '8 0888 ~888c0c048486',
  f: '5 ~6g2g2b 2b24 0c5c',
  g: '8 ~8a8c0c048486 ~8c800002',
  h: '8 0g04 ~0a0c8c88 8884',
  i: '2 1c14 1f1g',
  j: '3 ~2c2000 2f2g',
  k: '7 0g04 7c07 2974',
  l: '2 1g14',
  m: 'c 0c04 ~0a0c6c69 6964 ~6a6cccc9 c9c4',
  n: '8 0c04 ~0a0c8c88 8884',
  o: '8 ~080c8c840408',
  p: '8 0c00 ~0a0c8c840406',
  q: '8 8c80 ~8a8c0c048486',
  r: '5 0c04 ~090c5c',
  s: '7 ~7a7c0c0878740406',
  t: '5 2g27 ~272454 0c5c',
  u: '8 0c08 ~08048486 8c84',
  v: '8 0c448c',
  w: 'c 0c346b94cc',
  x: '7 0c74 047c',
  y: '8 0c44 8c20',
  z: '7 0c7c0474',
  '{': '4 ~4h1h2a0a ~0a2a1343',
  '|': '2 1h13',
  '}': '4 ~0h3h2a4a ~4a2a3303',
  '~': '8 ~070b4b468689',
  '±': '8 4e46 0a8a 0484',
  '°': '4 ~0e0g4g4c0c0e',
  µ: '8 0c00 ~08048486 8c84',
  '²': '5 ~0f0g4g4d0a 0a4a',
  '³': '5 ~0g4g4d1d ~1d4d4a0a',
  '·': '2 1919',
  '×': '7 0b75 057b',
  '–': '9 0898',
  '−': '8 0888',
  '≤': '8 8e0a86 0484',
  '≥': '8 0e8a06 0484',
  '→': 'a 0aaa 7daa77',
  Ø: 'b ~0a0gbgb4040a 13ah',
};

/** What stands for a character the font does not have. */
const MISSING = '8 0484 848g 8g0g 0g04';

export interface Glyph {
  readonly width: number;
  /** Polylines, x, y, x, y …; y upwards from the baseline; capitals are 12 high. */
  readonly strokes: readonly (readonly number[])[];
}

export const CAPITAL = 12;
/** Empty space between glyphs. */
export const TRACKING = 3.2;

export function glyphOf(character: string): Glyph {
  const [width, ...strokes] = (Object.hasOwn(GLYPHS, character) ? GLYPHS[character] : MISSING).split(' ');
  return { width: Number.parseInt(width, 36), strokes: strokes.map(pointsOf) };
}

function pointsOf(code: string): number[] {
  const curved = code.startsWith('~');
  const points: number[] = [];
  for (let i = curved ? 1 : 0; i + 1 < code.length; i += 2)
    points.push(Number.parseInt(code[i], 36), Number.parseInt(code[i + 1], 36) - 4);
  return curved ? splineOf(points) : points;
}

const PIECES = 6;

/** Quadratic spline on a control polygon: joins the middles of its sides, straight at both ends. */
function splineOf(p: readonly number[]): number[] {
  const n = p.length / 2;
  const out = [p[0], p[1]];
  for (let i = 1; i + 1 < n; i++) {
    const middle = (a: number, k: number) => (p[2 * a + k] + p[2 * (a + 1) + k]) / 2;
    for (let s = 0; s <= PIECES; s++) {
      const t = s / PIECES;
      for (let k = 0; k < 2; k++)
        out.push((1 - t) * (1 - t) * middle(i - 1, k) + 2 * t * (1 - t) * p[2 * i + k] + t * t * middle(i, k));
    }
  }
  out.push(p[2 * n - 2], p[2 * n - 1]);
  return out;
}
