// Ratios of ours to theirs, from runs made in turns.

export function median(values) {
  const s = values.toSorted((a, b) => a - b);
  const m = s.length >> 1;
  return s.length % 2 ? s[m] : (s[m - 1] + s[m]) / 2;
}

/**
 * Ours ÷ theirs: below 1 we are faster, or smaller. Each of our runs is set against the run of theirs that came right
 * after it, so that what else the machine does falls on both. The first turn is apart: programs that compile as they
 * run are slow then.
 */
export function ratiosOf(ours, theirs) {
  const n = Math.min(ours.length, theirs.length);
  const each = Array.from({ length: n }, (_, i) => ours[i].ms / theirs[i].ms);
  const warm = each.slice(1);
  return {
    time: median(warm),
    timeLeast: Math.min(...warm),
    timeMost: Math.max(...warm),
    cpu:
      ours[0].cpuMs && theirs[0].cpuMs ? median(ours.slice(1, n).map((o, i) => o.cpuMs / theirs[i + 1].cpuMs)) : null,
    firstTime: each[0],
    memory: ours[n - 1].peakMb / theirs[n - 1].peakMb,
    repeats: warm.length,
    answers: differences(ours[0].answer, theirs[0].answer),
  };
}

/** Per number both sides report: how far ours is from theirs. */
function differences(ours, theirs) {
  return Object.fromEntries(
    Object.keys(ours)
      .filter((key) => key in theirs)
      .map((key) => [key, { ours: ours[key], theirs: theirs[key] }]),
  );
}

const figure = (x) => (x >= 100 ? x.toFixed(0) : x >= 10 ? x.toFixed(1) : x.toFixed(2));
const short = (x) => (Number.isInteger(x) ? String(x) : Number(x.toPrecision(5)).toString());

export function textOf({ machine, cases, skipped }) {
  const lines = [
    'ours ÷ theirs: below 1 we are faster, or need less; median of the repeats (least to most); cpu: time of all threads',
    `${machine.cpu}, ${machine.cores} cores, Node ${machine.node}; other work on it: ${machine.loadAtStart.toFixed(1)} processes`,
    '',
  ];
  for (const c of cases) {
    lines.push(`${c.name}: ${c.what}`);
    if (c.failed) lines.push(`  failed: ${c.failed}`);
    for (const r of c.rows) lines.push(`  ${rowText(r)}`);
  }
  if (skipped.length) lines.push('', ...skipped.map((s) => `skipped: ${s.tool}: ${s.reason}`));
  return lines.join('\n');
}

function rowText({ peer, version, failed, ratios: r }) {
  const name = `${peer} ${version}`.padEnd(32);
  if (!r) return `${name} no ratio: ${failed}`;
  const time = `time ${figure(r.time)} (${figure(r.timeLeast)} to ${figure(r.timeMost)}, n ${r.repeats})`;
  const answers = Object.entries(r.answers).map(([k, a]) => `${k} ${short(a.ours)} | ${short(a.theirs)}`);
  const cpu = r.cpu === null ? '' : figure(r.cpu);
  return `${name} ${time.padEnd(38)} cpu ${cpu.padEnd(6)} first ${figure(r.firstTime).padEnd(6)} memory ${figure(r.memory).padEnd(6)} ${answers.join(', ')}`;
}
