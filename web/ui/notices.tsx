import { ActionIcon } from '@mantine/core';
import { forgive, useView } from '../state/view.ts';
import { Icon } from './icons.tsx';

/** What was refused, in the words of the command line: what, why, and what to do next. */
export function Notices() {
  const problems = useView((v) => v.problems);
  return (
    <div className="notices" role="alert" aria-live="assertive">
      {problems.map((p) => (
        <div className="notice" key={p.n}>
          <div>
            <div>{p.message}</div>
            {p.hint && <div className="dim">{p.hint}</div>}
            <code>{p.code}</code>
          </div>
          <ActionIcon aria-label="Dismiss" onClick={() => forgive(p.n)}>
            <Icon name="close" size={13} />
          </ActionIcon>
        </div>
      ))}
    </div>
  );
}
