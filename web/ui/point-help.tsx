import { ActionIcon, Select } from '@mantine/core';
import { useState } from 'react';
import type { Vec3 } from '../../src/base/index.ts';
import { PELVIC_IDS } from '../../src/segment/index.ts';
import { labelOfName } from '../state/bodies.ts';
import { readPoints, withPoint } from '../state/pelvis.ts';
import { useView } from '../state/view.ts';
import { Act, Fact, Section } from './act.tsx';
import { useWorkspace } from './desk.tsx';
import { Icon } from './icons.tsx';

/** In a pelvis bones and fragments are told apart by a point in each: the cross-hair says where. */
export function PointHelp() {
  const ws = useWorkspace();
  const document = useView((v) => v.decisions?.document ?? '');
  const cross = useView((v) => v.cross);
  const id = useView((v) => v.caseRow?.id ?? '');
  const [bone, setBone] = useState<string | null>(null);
  const points = Object.entries(readPoints(document));
  const at = cross.map((v) => Math.round(10 * v) / 10) as unknown as Vec3;
  const set = (name: string, p: Vec3 | null) =>
    ws.setDocument(
      withPoint(document, name, p),
      { [`bones/${name}`]: p },
      p ? `Point in ${labelOfName(name)}` : `No point in ${labelOfName(name)}`,
    );
  return (
    <Section title="A point in each bone">
      <p className="dim" style={{ margin: 0 }}>
        Where the program takes two pieces for one, or one for two, set the cross-hair inside a piece and name it. The
        next run follows.
      </p>
      <Select
        size="xs"
        aria-label="Bone or fragment"
        searchable
        data={PELVIC_IDS.map((b) => ({ value: b as string, label: labelOfName(b) }))}
        value={bone}
        placeholder="Bone or fragment"
        onChange={setBone}
      />
      <Act
        disabled={!bone}
        command={`osteon change ${id} --set 'bones/${bone}=${JSON.stringify(at)}'`}
        onClick={() => bone && set(bone, at)}
      >
        It is at the cross-hair
      </Act>
      {points.map(([name, p]) => (
        <div key={name} style={{ display: 'flex', gap: 4, alignItems: 'center' }}>
          <button
            type="button"
            style={{ all: 'unset', cursor: 'pointer', flex: 1 }}
            onClick={() => ws.engine.jumpTo(p)}
          >
            <Fact name={labelOfName(name)} value={p.join('  ')} unit="mm" />
          </button>
          <ActionIcon size="xs" aria-label={`Delete the point in ${labelOfName(name)}`} onClick={() => set(name, null)}>
            <Icon name="trash" size={12} />
          </ActionIcon>
        </div>
      ))}
    </Section>
  );
}
