import { type Finding, OsteonError } from '../base/index.ts';
import { facts } from './format.ts';
import { DATA_FLAG, dataFolder } from './serve.ts';
import { switchFlag, textFlag, verb } from './verb.ts';

export const auditVerifyVerb = verb({
  name: 'audit verify',
  summary: 'whether the audit trail of a case store is as it was written, and with --objects every stored file',
  args: [],
  params: {
    ...DATA_FLAG,
    head: textFlag('number and hash of a row that were noted before', 'number:hash'),
    objects: switchFlag('read every object too and compare it with its name'),
  },
  example: 'osteon audit verify --objects',
  async run({ params }) {
    const { openStoresToRead, scrub, settingsFrom, verifyAudit } = await import('../server/index.ts');
    const known = params.head === '' ? undefined : headOf(params.head);
    const stores = await openStoresToRead(settingsFrom(dataFolder(params.data), process.env));
    try {
      const trail = await verifyAudit(stores.cases, known);
      const found = params.objects ? await scrub(stores.cases, stores.objects) : undefined;
      const findings: Finding[] = [
        ...trail.faults.map(({ seq, kind, text }) => blocker('audit.broken', text, { row: seq, kind })),
        ...(found?.damaged ?? []).map((object) =>
          blocker('store.damaged', 'bytes are not what their name says', { object }),
        ),
        ...(found?.missing ?? []).map((object) =>
          blocker('store.missing', 'an object that a case names is gone', { object }),
        ),
        ...trail.clockSteps.map(({ seq, backMs }): Finding => {
          const text = 'the clock of the database went back';
          return { level: 'note', code: 'audit.clock', text, facts: { row: seq, backS: Math.round(backMs / 1000) } };
        }),
      ];
      const { rows, head, faults } = trail;
      const text = facts([
        ['rows', `${rows}`],
        ['head', `${head.seq}:${head.hash}`],
        ['faults', `${faults.length}`],
        ...(found ? ([['objects', `${found.objects}`]] as const) : []),
        ...(found ? ([['damaged or gone', `${found.damaged.length + found.missing.length}`]] as const) : []),
      ]);
      return { document: { ...trail, ...(found && { objects: found }) }, text, findings };
    } finally {
      await stores.close();
    }
  },
});

const blocker = (code: string, text: string, about: Finding['facts'] & {}): Finding => ({
  level: 'blocker',
  code,
  text,
  facts: about,
  hint:
    code === 'audit.broken' ? 'Compare with a backup; see who could write to the database' : 'Restore it from a backup',
});

function headOf(text: string): { seq: number; hash: string } {
  const [, seq, hash] = /^(\d+):([0-9a-f]{64})$/.exec(text) ?? [];
  if (seq === undefined)
    throw new OsteonError('cli.usage', { flag: '--head' }, 'Write the head as an earlier verify has printed it');
  return { seq: Number(seq), hash };
}
