"""scipy.ndimage."""
import numpy as np
from scipy import ndimage

from serve import BONE_HU, serve, volume


def components(inputs):
    v, _ = volume(inputs)

    def run():
        labels, n = ndimage.label(v > BONE_HU)
        sizes = np.bincount(labels.ravel())
        sizes[0] = 0
        return labels == sizes.argmax(), n

    return run, lambda r: {"voxels": int(r[0].sum()), "pieces": int(r[1])}


def gaussian(inputs):
    v, _ = volume(inputs)
    run = lambda: ndimage.gaussian_filter(v, 1, output=np.float32, truncate=4, mode="mirror")
    return run, lambda r: {"meanSquare": float(np.square(r, dtype=np.float64).mean())}


serve({"components": components, "gaussian": gaussian})
