/**
 * Gaussian blur of a block in place, `sigma` in voxels along each axis, mirrored borders; kernel cut at four sigma. Rows
 * are combined whole, so memory is read in order along every axis.
 * @cost (sum of the kernel widths) multiplications a voxel
 */
export function blurBlock(f: Float32Array, size: readonly [number, number, number], sigma: readonly number[]): void {
  const [nx, ny, nz] = size;
  const along = [
    { n: nx, stride: 1, width: 1, starts: ny * nz, startStep: (i: number) => i * nx },
    { n: ny, stride: nx, width: nx, starts: nz, startStep: (i: number) => i * nx * ny },
    { n: nz, stride: nx * ny, width: nx, starts: ny, startStep: (i: number) => i * nx },
  ];
  along.forEach(({ n, stride, width, starts, startStep }, axis) => {
    const k = kernel(sigma[axis]);
    if (k.length === 1) return;
    const line = new Float32Array(n * width);
    for (let s = 0; s < starts; s++) blurLine(f, startStep(s), stride, n, width, k, line);
  });
}

/** Half a kernel, centre first, that sums to one over both halves. */
function kernel(sigma: number): Float64Array {
  const reach = Math.ceil(4 * sigma);
  const k = Float64Array.from({ length: reach + 1 }, (_, i) => Math.exp((-i * i) / (2 * sigma * sigma || 1)));
  let sum = k[0];
  for (let i = 1; i <= reach; i++) sum += 2 * k[i];
  return k.map((x) => x / sum);
}

function blurLine(
  f: Float32Array,
  from: number,
  stride: number,
  n: number,
  width: number,
  k: Float64Array,
  line: Float32Array,
): void {
  for (let i = 0; i < n; i++) line.set(f.subarray(from + i * stride, from + i * stride + width), i * width);
  const mirror = (i: number) => (i < 0 ? Math.min(n - 1, -i) : i >= n ? Math.max(0, 2 * n - 2 - i) : i);
  for (let i = 0; i < n; i++) {
    const o = from + i * stride;
    const c = i * width;
    for (let w = 0; w < width; w++) f[o + w] = k[0] * line[c + w];
    for (let d = 1; d < k.length; d++) {
      const a = mirror(i - d) * width;
      const b = mirror(i + d) * width;
      const kd = k[d];
      for (let w = 0; w < width; w++) f[o + w] += kd * (line[a + w] + line[b + w]);
    }
  }
}
