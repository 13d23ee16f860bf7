import { toUtf8 } from './bytes.ts';
import type { Outlines3mf, Slices3mf } from './types.ts';

/** The slice extension of 3MF: layers beside the mesh, in the coordinates of the object. */
export const SLICE_NAMESPACE = 'http://schemas.microsoft.com/3dmanufacturing/slice/2015/07';

/** Names of triangles. @source 3MF Core Specification 1.3, triangle sets */
export const SETS_NAMESPACE = 'http://schemas.microsoft.com/3dmanufacturing/trianglesets/2021/07';

/** @source 3MF Slice Extension, version 1.0.2 */
export function writeSlices({ bottomMm, topsMm, outlines }: Slices3mf, id: number, pieces: Uint8Array[]): void {
  let text = `  <s:slicestack id="${id}" zbottom="${bottomMm}">\n`;
  topsMm.forEach((top, k) => {
    text += `   <s:slice ztop="${top}">\n${sliceText(outlines[k])}   </s:slice>\n`;
    if (text.length < 1 << 18) return;
    pieces.push(toUtf8(text));
    text = '';
  });
  pieces.push(toUtf8(`${text}  </s:slicestack>\n`));
}

function sliceText({ points, start }: Outlines3mf): string {
  if (start.length < 2) return '';
  let vertices = '';
  for (let i = 0; i < points.length; i += 2) vertices += `<s:vertex x="${points[i]}" y="${points[i + 1]}"/>`;
  let polygons = '';
  for (let loop = 0; loop + 1 < start.length; loop++) {
    polygons += `<s:polygon startv="${start[loop]}">`;
    for (let i = start[loop] + 1; i < start[loop + 1]; i++) polygons += `<s:segment v2="${i}"/>`;
    polygons += `<s:segment v2="${start[loop]}"/></s:polygon>\n`;
  }
  return `    <s:vertices>${vertices}</s:vertices>\n${polygons}`;
}
