/** Cells and fields for ParaView and every program that reads VTK's XML. */
export interface VtuGrid {
  /** Three numbers a point. */
  readonly positions: Float64Array;
  /** Points of each cell, all cells of one kind. */
  readonly cells: Uint32Array;
  /** 5 triangle, 10 tetrahedron, 24 quadratic tetrahedron (corners, then the edges 01, 12, 02, 03, 13, 23). */
  readonly kind: 5 | 10 | 24;
  readonly pointFields: readonly VtuField[];
  readonly cellFields?: readonly VtuField[];
}
export interface VtuField {
  /** Units belong into the name. */
  readonly name: string;
  readonly components: number;
  readonly values: Float32Array | Float64Array | Uint8Array;
}

const POINTS = { 5: 3, 10: 4, 24: 10 } as const;
const TYPES = { Float32Array: 'Float32', Float64Array: 'Float64', Uint8Array: 'UInt8', Uint32Array: 'UInt32' };
type Values = Float32Array | Float64Array | Uint8Array | Uint32Array;

/** VTK XML unstructured grid, arrays appended raw, little-endian. @cost writes at memory speed */
export function writeVtu({ positions, cells, kind, pointFields, cellFields = [] }: VtuGrid): Uint8Array {
  const per = POINTS[kind];
  const n = cells.length / per;
  const blocks: Values[] = [];
  let offset = 0;
  const array = (name: string, components: number, values: Values): string => {
    const type = TYPES[values.constructor.name as keyof typeof TYPES];
    const at = offset;
    blocks.push(values);
    offset += 8 + values.byteLength;
    return `<DataArray type="${type}" Name="${attribute(name)}" NumberOfComponents="${components}" format="appended" offset="${at}"/>`;
  };
  const fields = (list: readonly VtuField[]) => list.map((f) => array(f.name, f.components, f.values)).join('\n');
  const head = [
    '<?xml version="1.0"?>',
    '<VTKFile type="UnstructuredGrid" version="1.0" byte_order="LittleEndian" header_type="UInt64">',
    `<UnstructuredGrid><Piece NumberOfPoints="${positions.length / 3}" NumberOfCells="${n}">`,
    `<Points>${array('Points', 3, positions)}</Points>`,
    '<Cells>',
    array('connectivity', 1, cells),
    array(
      'offsets',
      1,
      Uint32Array.from({ length: n }, (_, i) => per * (i + 1)),
    ),
    array('types', 1, new Uint8Array(n).fill(kind)),
    '</Cells>',
    `<PointData>${fields(pointFields)}</PointData>`,
    `<CellData>${fields(cellFields)}</CellData>`,
    '</Piece></UnstructuredGrid>',
    '<AppendedData encoding="raw">\n_',
  ].join('\n');
  const start = new TextEncoder().encode(head);
  const end = new TextEncoder().encode('\n</AppendedData></VTKFile>\n');
  const out = new Uint8Array(start.length + offset + end.length);
  out.set(start);
  const view = new DataView(out.buffer);
  let at = start.length;
  for (const b of blocks) {
    view.setBigUint64(at, BigInt(b.byteLength), true);
    out.set(new Uint8Array(b.buffer, b.byteOffset, b.byteLength), at + 8);
    at += 8 + b.byteLength;
  }
  out.set(end, at);
  return out;
}

const attribute = (s: string): string => s.replace(/[<>&"]/g, (c) => `&#${c.charCodeAt(0)};`);
