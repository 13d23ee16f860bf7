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
export { drawLine, fillRect, frameRect } from './draw.ts';
export { CAPITAL, type Glyph, glyphOf, TRACKING } from './font.ts';
export { BLACK, copyImage, createImage, type Image, paste, type Rgb, WHITE } from './image.ts';
export { grid, LAYOUT_DEFAULTS, type LayoutOptions, sideBySide, withCaption } from './layout.ts';
export {
  COLOUR_BAR_DEFAULTS,
  type ColourBarOptions,
  colourBar,
  drawScaleBar,
  type ScaleBarOptions,
  ticksOf,
} from './legend.ts';
export { directionLetters, drawOrientation, type LetterOptions } from './orientation.ts';
export { type Axis, type Curve, type HistogramOptions, histogram, linePlot, type PlotOptions } from './plot.ts';
export { projectionOfScene, renderScene, SCENE_DEFAULTS, type Scene, type SceneMesh } from './scene.ts';
export {
  type Outline,
  PLANES,
  type PlaneAxes,
  type PlaneName,
  renderSlice,
  SLICE_DEFAULTS,
  type SliceOptions,
  WINDOWS,
  type Window,
} from './slice.ts';
export { drawText, numberText, TEXT_DEFAULTS, type TextOptions, textWidthPx, wrapText } from './text.ts';
