import { writePng } from '../../io/index.ts';
import type { InspectionPlan } from '../../make/index.ts';
import type { Mesh } from '../../mesh/index.ts';
import {
  type ColourScale,
  colourBar,
  DIVERGING,
  renderScene,
  sideBySide,
  VIEWS,
  type ViewName,
} from '../../render/index.ts';
import type { Figure } from '../report/model.ts';

const SIZE = { width: 640, height: 520 };
const PAIRS: readonly (readonly [ViewName, ViewName])[] = [
  ['superior', 'inferior'],
  ['anterior', 'posterior'],
];

/** The deviation map from four sides; the scale ends at the widest tolerance. */
export function deviationFigures(mesh: Mesh, deviationMm: Float64Array, plan: InspectionPlan): Figure[] {
  const widest = plan.rows.reduce((s, r) => (r.kind === 'surface' ? Math.max(s, r.high ?? 0) : s), 0.1);
  const scale: ColourScale = { map: DIVERGING, lo: -widest, hi: widest };
  return PAIRS.map((pair): Figure => {
    const views = pair.map((name) =>
      renderScene({ ...SIZE, camera: VIEWS[name], meshes: [{ mesh, values: deviationMm, scale }] }),
    );
    const bar = colourBar({ scale, unit: 'mm', title: 'deviation', heightPx: SIZE.height });
    return {
      png: writePng(sideBySide([...views, bar])),
      caption: `From ${pair.join(' and ')}: red is too much, blue too little, grey was not scanned.`,
    };
  });
}
