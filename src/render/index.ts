export {
  type Camera,
  lateralView,
  medialView,
  type Projection,
  project,
  projectionOf,
  turnCamera,
  VIEWS,
  type ViewName,
} from './camera.ts';
export {
  BONE,
  boneColour,
  CLEARANCE,
  type ColourMap,
  type ColourScale,
  colourOf,
  DIVERGING,
  GREY,
  mapOfAnchors,
  mixColours,
  PALETTE,
  VIRIDIS,
} from './colour.ts';
export { BLACK, createImage, type Image, type Rgb, WHITE } from './image.ts';
export { projectionOfScene, renderScene, SCENE_DEFAULTS, type Scene, type SceneMesh } from './scene.ts';
