import type { Vec3 } from '../../src/base/index.ts';
import { centreOf } from '../engine/body.ts';
import type { Finding } from '../state/api.ts';
import type { Workspace } from '../state/workspace.ts';
import { useWorkspace } from './desk.tsx';

/** Where a finding is: a point it names, or the bone it speaks of. */
export function placeOf(ws: Workspace, { facts, text }: Finding): { at: Vec3; body?: string } | null {
  const f = facts ?? {};
  if ([f.xMm, f.yMm, f.zMm].every((v) => typeof v === 'number'))
    return { at: [f.xMm, f.yMm, f.zMm] as unknown as Vec3 };
  const words = text.toLowerCase().replaceAll('-', ' ');
  const body = [...ws.engine.bodies.values()]
    .filter((b) => words.includes(b.label.toLowerCase()) || Object.values(f).includes(b.id))
    .sort((a, b) => b.label.length - a.label.length)[0];
  return body ? { at: centreOf(body), body: body.id } : null;
}

export function FindingRow({ finding }: { finding: Finding }) {
  const ws = useWorkspace();
  const place = placeOf(ws, finding);
  return (
    <div className="finding" data-level={finding.level}>
      <div>{finding.text}</div>
      {finding.hint && <div className="dim">{finding.hint}</div>}
      <div style={{ display: 'flex', gap: 10 }}>
        <code className="dim tiny">{finding.code}</code>
        {place && (
          <button
            type="button"
            className="jump"
            onClick={() => {
              ws.engine.jumpTo(place.at);
              if (place.body) ws.select(place.body);
            }}
          >
            Go there
          </button>
        )}
      </div>
    </div>
  );
}
