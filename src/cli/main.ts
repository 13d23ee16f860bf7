import { ERROR_CODES, OsteonError, verdictOf } from '../base/index.ts';
import { nearest } from '../plan/index.ts';
import { type CommonFlags, parseArgs } from './args.ts';
import { helpVerb, verbHelp } from './help.ts';
import { openSession, type SessionHandle } from './session.ts';
import { type Answer, EXIT, findingText, type Verb } from './verb.ts';
import { VERBS } from './verbs.ts';
import { VERSION } from './version.ts';

const GRACE_MS = 1500;
const ALL: readonly Verb[] = [...VERBS, helpVerb(() => ALL)];

/** The command line. @returns the exit code */
export async function main(argv: readonly string[]): Promise<number> {
  // A reader that goes away early (`| head`) is not an error.
  process.stdout.on('error', (e: NodeJS.ErrnoException) => process.exit(e.code === 'EPIPE' ? EXIT.good : EXIT.fault));
  // Started by a worker that is gone: nobody wants the result any more.
  if (process.channel) {
    process.once('disconnect', () => process.kill(process.pid, 'SIGTERM'));
    process.channel.unref();
  }
  const wantsJson = argv.includes('--json');
  let verb: Verb | undefined;
  try {
    const found = findVerb(argv);
    verb = found.verb;
    const { args, params, common, given } = parseArgs(verb, found.rest);
    if (common.help) return print(`${verbHelp(verb)}\n`);
    return await withSession(common, async (session) => {
      const answer = await found.verb.run({ args, params, given, session });
      const code = await report(found.verb, answer, common);
      await answer.until;
      return code;
    });
  } catch (e) {
    return complain(e, verb, wantsJson);
  }
}

function findVerb(argv: readonly string[]): { verb: Verb; rest: readonly string[] } {
  if (argv[0] === '--version' || argv[0] === '-V') {
    const version: Verb = {
      ...ALL[0],
      name: 'version',
      args: [],
      params: {},
      required: [],
      run: async () => ({ document: { version: VERSION }, text: VERSION }),
    };
    return { verb: version, rest: argv.slice(1) };
  }
  const help = ALL.find((v) => v.name === 'help')!;
  const [first, second] = argv;
  if (first === undefined || first === '--help' || first === '-h') return { verb: help, rest: argv.slice(1) };
  const names = ALL.map((v) => v.name);
  if (first === 'help') {
    const wanted = argv.slice(1).filter((w) => !w.startsWith('-'));
    const flags = argv.slice(1).filter((w) => w.startsWith('-'));
    if (wanted.length && !names.includes(wanted.join(' '))) throw unknownVerb(wanted.join(' '), names);
    return { verb: help, rest: wanted.length ? [wanted.join(' '), ...flags] : flags };
  }
  const two = ALL.find((v) => v.name === `${first} ${second}`);
  if (two) return { verb: two, rest: argv.slice(2) };
  const one = ALL.find((v) => v.name === first);
  if (one) return { verb: one, rest: argv.slice(1) };
  const family = names.filter((n) => n.startsWith(`${first} `)).map((n) => n.slice(first.length + 1));
  if (family.length && (second === undefined || second.startsWith('-')))
    throw new OsteonError('cli.usage', { verb: first }, `Say what to do: osteon ${first} ${family.join(' | ')}`);
  throw unknownVerb(family.length ? `${first} ${second}` : first, names);
}

function unknownVerb(word: string, names: readonly string[]): OsteonError {
  const near = nearest(word, names);
  return new OsteonError(
    'cli.usage',
    { verb: word.slice(0, 80) },
    near ? `Did you mean "osteon ${near}"?` : 'See: osteon help',
  );
}

async function withSession(common: CommonFlags, act: (session: SessionHandle) => Promise<number>): Promise<number> {
  const silent = common.quiet || common.json;
  const err = (text: string) => void process.stderr.write(text);
  const session = openSession({
    workers: common.workers,
    write: common.progress === 'json' || (process.stderr.isTTY && !silent) ? err : undefined,
    progress: common.progress === 'json' ? 'json' : 'bar',
    say: silent ? undefined : err,
  });
  let strikes = 0;
  const interrupt = () => {
    session.cancel();
    // A step that does not look at the flag in time loses its thread.
    setTimeout(() => void session.close(), GRACE_MS).unref();
    if (++strikes > 1) {
      session.undo();
      process.exit(EXIT.interrupted);
    }
  };
  process.on('SIGINT', interrupt).on('SIGTERM', interrupt);
  try {
    return await act(session);
  } catch (e) {
    // Threads first: what they hold open cannot be removed on every system.
    await session.close();
    session.undo();
    throw e;
  } finally {
    process.off('SIGINT', interrupt).off('SIGTERM', interrupt);
    await session.close();
  }
}

async function report(verb: Verb, answer: Answer, { json, quiet }: CommonFlags): Promise<number> {
  const findings = answer.findings ?? [];
  const verdict = verdictOf(findings);
  if (json) await print(jsonText({ osteon: VERSION, verb: verb.name, verdict, findings, ...answer.document }));
  else {
    const shown = quiet ? findings.filter((f) => f.level !== 'note') : findings;
    const parts = [...(quiet ? [] : [answer.text]), ...shown.map(findingText)];
    if (parts.length) await print(`${parts.join('\n')}\n`);
  }
  return verdict === 'block' ? EXIT.blocked : EXIT.good;
}

async function complain(e: unknown, verb: Verb | undefined, json: boolean): Promise<number> {
  const { line, ...error } = describe(e);
  const head = { osteon: VERSION, ...(verb ? { verb: verb.name } : {}) };
  if (json) await print(jsonText({ ...head, error }));
  else process.stderr.write(`osteon: ${line}\n`);
  if (error.code === 'job.aborted') return EXIT.interrupted;
  if (error.code === 'cli.usage') return EXIT.usage;
  return error.code === 'fault' || error.code === 'job.crashed' ? EXIT.fault : EXIT.refused;
}

function describe(e: unknown) {
  if (e instanceof OsteonError)
    return { code: e.code, text: ERROR_CODES[e.code], facts: e.facts, hint: e.hint, line: e.message };
  const { message = String(e), stack = '' } = (e ?? {}) as Error;
  const hint = 'This is a mistake in Osteon: please report it with the lines above';
  return { code: 'fault', text: message, facts: {}, hint, line: `fault: ${message}\n${stack}\n${hint}` };
}

/** One document. Numbers that JSON cannot say become null. */
const jsonText = (document: object): string => `${JSON.stringify(document, plainArrays, 2)}\n`;
const plainArrays = (_: string, value: unknown): unknown =>
  ArrayBuffer.isView(value) ? Array.from(value as unknown as ArrayLike<number>) : value;

function print(text: string): Promise<number> {
  return new Promise((resolve) => process.stdout.write(text, () => resolve(EXIT.good)));
}
