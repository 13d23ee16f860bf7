"""VTK, with as many threads as it takes by itself."""
import json
import os

import numpy as np
import vtkmodules.all as vtk
from vtkmodules.util import numpy_support as ns

from serve import BONE_HU, LEVEL_HU, mesh, serve, volume

vtk.vtkObject.GlobalWarningDisplayOff()


def image(array, spacing):
    im = vtk.vtkImageData()
    im.SetDimensions(*array.shape[::-1])
    im.SetSpacing(*spacing)
    im.GetPointData().SetScalars(ns.numpy_to_vtk(array.ravel(), deep=1))
    return im


def poly(points, triangles):
    pd = vtk.vtkPolyData()
    p = vtk.vtkPoints()
    p.SetDataTypeToDouble()
    p.SetData(ns.numpy_to_vtk(points, deep=1))
    cells = vtk.vtkCellArray()
    connectivity = ns.numpy_to_vtkIdTypeArray(triangles.astype(np.int64).ravel(), deep=1)
    offsets = ns.numpy_to_vtkIdTypeArray(np.arange(0, triangles.size + 1, 3, dtype=np.int64), deep=1)
    cells.SetData(offsets, connectivity)
    pd.SetPoints(p)
    pd.SetPolys(cells)
    return pd


def scalars(im):
    return ns.vtk_to_numpy(im.GetPointData().GetScalars())


def filtered(make):
    """A new filter for each run, so that nothing is kept between them."""

    def run():
        f = make()
        f.Update()
        return f.GetOutput()

    return run


def solid(pd):
    m = vtk.vtkMassProperties()
    m.SetInputData(pd)
    m.Update()
    return {"triangles": pd.GetNumberOfPolys(), "volumeMm3": m.GetVolume()}


def components(inputs):
    im = image(*volume(inputs))

    def make():
        f = vtk.vtkImageConnectivityFilter()
        f.SetInputData(im)
        f.SetScalarRange(BONE_HU + 0.5, 1e9)
        f.SetExtractionModeToLargestRegion()
        f.SetLabelModeToSizeRank()
        f.GenerateRegionExtentsOff()
        return f

    return filtered(make), lambda r: {"voxels": int((scalars(r) > 0).sum())}


def gaussian(inputs):
    im = image(*volume(inputs))

    def make():
        cast = vtk.vtkImageCast()
        cast.SetInputData(im)
        cast.SetOutputScalarTypeToFloat()
        f = vtk.vtkImageGaussianSmooth()
        f.SetInputConnection(cast.GetOutputPort())
        f.SetStandardDeviations(1, 1, 1)
        f.SetRadiusFactors(4, 4, 4)
        return f

    return filtered(make), lambda r: {"meanSquare": float(np.square(scalars(r), dtype=np.float64).mean())}


def surface(name):
    def load(inputs):
        im = image(*volume(inputs))

        def make():
            f = getattr(vtk, name)()
            f.SetInputData(im)
            f.SetValue(0, LEVEL_HU)
            f.ComputeNormalsOff()
            f.ComputeGradientsOff()
            f.ComputeScalarsOff()
            return f

        return filtered(make), solid

    return load


def icp(landmarks):
    def load(inputs):
        points, triangles = mesh(inputs, "icp-moving")
        moving, fixed = poly(points, triangles), poly(*mesh(inputs, "icp-fixed"))
        with open(os.path.join(inputs, "icp-moving.json")) as f:
            truth = np.array(json.load(f)["fixedFromMoving"]).reshape(3, 4)

        def run():
            f = vtk.vtkIterativeClosestPointTransform()
            f.SetSource(moving)
            f.SetTarget(fixed)
            f.GetLandmarkTransform().SetModeToRigidBody()
            f.SetMaximumNumberOfIterations(100)
            f.SetMaximumNumberOfLandmarks(landmarks or len(points))
            f.StartByMatchingCentroidsOn()
            f.CheckMeanDistanceOn()
            f.SetMaximumMeanDistance(1e-5)
            f.Update()
            return np.array([[f.GetMatrix().GetElement(i, j) for j in range(4)] for i in range(3)])

        def answer(m):
            d = (points @ m[:, :3].T + m[:, 3]) - (points @ truth[:, :3].T + truth[:, 3])
            return {"targetErrorMm": float(np.linalg.norm(d, axis=1).mean())}

        return run, answer

    return load


def simplify(inputs):
    pd = poly(*mesh(inputs, "calcaneus-dense"))

    def make():
        f = vtk.vtkQuadricDecimation()
        f.SetInputData(pd)
        f.SetTargetReduction(0.9)
        return f

    return filtered(make), solid


def union(inputs):
    a, b = poly(*mesh(inputs, "talus-100k")), poly(*mesh(inputs, "talus-100k-turned"))

    def make():
        f = vtk.vtkLoopBooleanPolyDataFilter()
        f.SetInputData(0, a)
        f.SetInputData(1, b)
        f.SetOperationToUnion()
        return f

    return filtered(make), solid


serve(
    {
        "components": components,
        "gaussian": gaussian,
        "flying-edges": surface("vtkFlyingEdges3D"),
        "marching-cubes": surface("vtkMarchingCubes"),
        "icp": icp(2000),
        "icp-all-points": icp(0),
        "simplify": simplify,
        "union": union,
    }
)
