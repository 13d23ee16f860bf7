import type { Orientation } from '../../make/index.ts';
import { energyDensityJPerMm3 } from '../../make/index.ts';
import { fixed, pictures, type Section } from '../report/model.ts';
import { totalsOf } from './documents.ts';
import { ledgerBlocks, unitTable } from './traveller-page.ts';
import type { Made } from './workflow.ts';

/** How one size is built: orientation and why, stock, supports, layers, time, pictures. */
export function buildSection({ facts: f, figures, ledger, inspection }: Made): Section {
  if (!f) return { title: 'Build', blocks: [] };
  const { build, check } = f;
  const { process, supports, stock } = build;
  const { layers, timeS, massG } = totalsOf(f);
  const energy = energyDensityJPerMm3(process);
  const stocks = Object.entries(stock.stockMm)
    .filter(([kind]) => kind !== 'porous' && kind !== 'machined')
    .map(([kind, mm]) => `${kind} ${mm} mm`);
  const rows: [string, string][] = [
    ['Part', `${build.name}, ${process.title}`],
    ['Stock for finishing', stocks.join(', ')],
    ['Volume, nominal and as built', `${fixed(stock.nominalMm3, 1)} and ${fixed(stock.asBuiltMm3, 1)} mm³`],
    ['Height on the plate', `${fixed(build.orientations[0].heightMm, 1)} mm`],
    [
      'Supports',
      supports
        ? `${supports.columns} columns, ${fixed(supports.volumeMm3, 0)} mm³, contact ${fixed(supports.contactMm2, 1)} mm²; on articular faces 0 mm²`
        : 'none needed',
    ],
    ['Layers', `${layers} of ${fixed((f.layers?.layerMm ?? 0) * 1000, 0)} µm`],
    ...(energy === undefined ? [] : ([['Energy density', `${fixed(energy, 1)} J/mm³`]] as [string, string][])),
    ['Time on the machine, estimated', `${fixed(timeS / 3600, 1)} h`],
    ['Powder melted, with supports and coupons', `${fixed(massG, 0)} g`],
    ['Least wall', `${fixed(check.minWallMm, 2)} mm`],
    ['Powder that stays inside', check.trappedMm3 > 0 ? `${fixed(check.trappedMm3, 1)} mm³` : 'none'],
    ['Tensile specimens on the plate', String(build.coupons.length)],
    ['Plan of inspection', `${inspection.rows.length} rows (build/inspection.json, build/measurements.csv)`],
    ['Traveller', 'build/traveller.html'],
  ];
  return {
    title: 'Build',
    blocks: [
      { kind: 'facts', rows },
      ...pictures(figures, 2),
      {
        kind: 'text',
        text: 'Articular faces never carry supports and look away from the plate as far as the shape allows: a direction in which one would need support is barred, whatever else speaks for it. Costs are weighted shares of support, height, rough faces and stair steps; less is better.',
      },
      {
        kind: 'table',
        head: ['Orientation', 'Why', 'Height, mm', 'Support, mm²', 'Rough, mm²', 'Step, µm', 'Cost'],
        rows: build.orientations.map(orientationRow),
        numbersFrom: 2,
      },
      { kind: 'text', text: 'Time and cost of the whole set.' },
      ...ledgerBlocks(ledger),
      unitTable(ledger),
    ],
  };
}

function orientationRow(o: Orientation, i: number): string[] {
  const barred = o.articularTooFlatMm2 > 0;
  const why = barred
    ? `${fixed(o.articularTooFlatMm2, 1)} mm² of articular face would need support`
    : o.why
        .slice(0, 2)
        .map(({ what, cost }) => `${what} ${fixed(cost, 2)}`)
        .join(', ');
  return [
    barred ? 'barred' : i === 0 ? 'taken' : `${i + 1}`,
    why,
    fixed(o.heightMm, 1),
    fixed(o.supportMm2, 0),
    fixed(o.articularRoughMm2, 1),
    fixed(1000 * o.stairMm, 1),
    fixed(o.cost, 3),
  ];
}
