"""scikit-image."""
import numpy as np
from skimage.measure import label, marching_cubes

from serve import BONE_HU, LEVEL_HU, serve, volume


def components(inputs):
    v, _ = volume(inputs)

    def run():
        labels, n = label(v > BONE_HU, return_num=True, connectivity=1)
        sizes = np.bincount(labels.ravel())
        sizes[0] = 0
        return labels == sizes.argmax(), n

    return run, lambda r: {"voxels": int(r[0].sum()), "pieces": int(r[1])}


def surface(inputs):
    v, s = volume(inputs)
    run = lambda: marching_cubes(v, LEVEL_HU, spacing=tuple(s[::-1]), method="lorensen")

    def answer(r):
        p = r[0].astype(np.float64)
        a, b, c = (p[r[1][:, k]] for k in range(3))
        return {"triangles": len(r[1]), "volumeMm3": abs(float((a * np.cross(b, c)).sum() / 6))}

    return run, answer


serve({"components": components, "marching-cubes": surface})
