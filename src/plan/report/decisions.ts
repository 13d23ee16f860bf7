import type { Param, ParamValues } from '../step.ts';
import type { Section } from './model.ts';

/** What a person decided, its value, and where it stands. */
export type Decision = readonly [what: string, value: string, from: string];

/** Every decision, override and parameter of a case, and where its value came from. */
export function decisions(
  decided: readonly Decision[],
  parameters: ReadonlyMap<string, Param>,
  document: { readonly parameters?: ParamValues; readonly overrides?: Readonly<Record<string, string>> },
): Section {
  const { parameters: given = {}, overrides = {} } = document;
  const overridden = Object.entries(overrides).map(([code, why]): Decision => [`override ${code}`, why, 'case file']);
  const rows = [...parameters].map(([name, { unit, label, source, ...p }]) => {
    const own = Object.hasOwn(given, name);
    return [
      name,
      `${own ? given[name] : p.default}${unit ? `\u00a0${unit}` : ''}`,
      own ? 'case file' : 'default',
      own ? label : `${label}. Default: ${source}`,
    ];
  });
  return {
    title: 'Every parameter and where its value came from',
    blocks: [
      { kind: 'table', head: ['Decision', 'Value', 'From'], rows: [...decided, ...overridden], numbersFrom: 9 },
      {
        kind: 'table',
        head: ['Parameter', 'Value', 'From', 'What it is, and the default’s source'],
        rows,
        numbersFrom: 9,
        wide: 3,
      },
    ],
  };
}
