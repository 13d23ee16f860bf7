import { COMMON, kebab, synopsis, valueText } from './args.ts';
import { switchFlag, type Verb, verb } from './verb.ts';
import { VERSION } from './version.ts';

const DEFAULT_TEXT = (value: unknown): string =>
  value === false || value === '' ? '' : ` (default ${Array.isArray(value) ? value.join(',') : value})`;

/** Flags with their values, what they mean and their defaults, one line each. */
function flagLines(params: Verb['params']): string[] {
  const rows = Object.entries(params).map(([name, param]): [string, string] => [
    `--${kebab(name)} ${valueText(param)}`.trim(),
    `${param.label}${DEFAULT_TEXT(param.default)}`,
  ]);
  const width = Math.min(44, Math.max(0, ...rows.map(([head]) => head.length)));
  return rows.map(([head, text]) => `  ${head.padEnd(width)}  ${text}`);
}

/** Help for one verb. */
export function verbHelp(v: Verb): string {
  const args = v.args.map((a) => `  ${a.name}: ${a.label}`);
  const own = flagLines(v.params);
  return [
    `osteon ${synopsis(v)}`,
    `  ${v.summary}`,
    ...(args.length ? ['', ...args] : []),
    ...(own.length ? ['', ...own] : []),
    '',
    ...flagLines(COMMON),
    '',
    `  ${v.example}`,
  ].join('\n');
}

export const EXIT_TEXT = [
  '0 good',
  '1 answered, but a finding blocks',
  '2 the command line is not understood',
  '3 the input is refused: a coded error with a hint, nothing written',
  '4 a fault of ours',
  '130 interrupted, nothing left behind',
];

/** Help for the whole program. */
export function programHelp(verbs: readonly Verb[]): string {
  const width = Math.max(...verbs.map((v) => v.name.length));
  return [
    `osteon ${VERSION}: from a patient's CT to a validated, print-ready implant`,
    '',
    ...verbs.map((v) => `  ${v.name.padEnd(width)}  ${v.summary}`),
    '',
    'osteon help <verb> explains one. Every verb takes:',
    ...flagLines(COMMON),
    '',
    `Exit codes: ${EXIT_TEXT.join('; ')}.`,
    'Research software, not a medical device.',
  ].join('\n');
}

/** The whole of docs/cli.md. */
export function markdownHelp(verbs: readonly Verb[]): string {
  const parts = verbs.map((v) => `## ${v.name}\n\n\`\`\`text\n${verbHelp(v)}\n\`\`\`\n`);
  return `# Command line

Made from the declarations by \`osteon help --markdown\`.

Human text goes to stdout, or with \`--json\` one document and nothing else; progress goes to stderr. Lengths are mm,
volumes mm³, angles degrees, transforms row-major 4×4 in patient LPS; JSON keys carry their unit.

The document of every verb starts with \`osteon\` (version), \`verb\`, \`verdict\` (\`pass\`, \`warn\` or \`block\`) and
\`findings\` (\`level\`, \`code\`, \`text\`, \`facts\`, \`hint\`). When the input is refused the document is
\`{ "osteon", "verb", "error": { "code", "text", "facts", "hint" } }\`.

| exit code | meaning |
|---|---|
${EXIT_TEXT.map((line) => `| ${line.replace(' ', ' | ')} |`).join('\n')}

${parts.join('\n')}`;
}

export const helpVerb = (verbs: () => readonly Verb[]): Verb =>
  verb({
    name: 'help',
    summary: 'explain the program, or one verb',
    args: [{ name: 'verb', label: 'a verb, such as run, or two words in quotes', optional: true }],
    params: { markdown: switchFlag('print docs/cli.md') },
    example: 'osteon help run',
    async run({ args, params }) {
      const all = verbs();
      const one = all.find((v) => v.name === args[0]);
      const text = params.markdown ? markdownHelp(all) : one ? verbHelp(one) : programHelp(all);
      return { document: { verbs: (one ? [one] : all).map((v) => ({ name: v.name, summary: v.summary })) }, text };
    },
  });
