import { ActionIcon, Menu, Switch, Tooltip, useMantineColorScheme } from '@mantine/core';
import { api, need } from '../state/api.ts';
import { useFollow, useFollowing } from '../state/follow.ts';
import { signOut } from '../state/people.ts';
import { attempt } from '../state/people-of-case.ts';
import { complain, useView, view } from '../state/view.ts';
import type { Workspace } from '../state/workspace.ts';
import { Act } from './act.tsx';
import { Icon } from './icons.tsx';

export function SchemeSwitch() {
  const { colorScheme, toggleColorScheme } = useMantineColorScheme();
  return (
    <Tooltip label={colorScheme === 'dark' ? 'Light' : 'Dark'}>
      <ActionIcon aria-label="Switch between light and dark" onClick={toggleColorScheme}>
        <Icon name={colorScheme === 'dark' ? 'sun' : 'moon'} />
      </ActionIcon>
    </Tooltip>
  );
}

export function PersonMenu() {
  const session = useView((v) => v.session);
  return (
    <Menu position="bottom-end">
      <Menu.Target>
        <button type="button" style={{ all: 'unset', cursor: 'pointer' }} className="dim">
          {session?.user?.name ?? 'Read-only link'}
        </button>
      </Menu.Target>
      <Menu.Dropdown>
        <Menu.Label>{session?.user?.roles.join(', ') ?? 'may look, may not change'}</Menu.Label>
        <Menu.Item onClick={() => void signOut()}>Sign out</Menu.Item>
      </Menu.Dropdown>
    </Menu>
  );
}

const SAVING = {
  saved: 'Saved',
  saving: 'Saving',
  offline: 'Offline, kept here',
  conflict: 'Conflict',
  refused: 'Not saved',
} as const;

export function TopBar({ ws, onHelp }: { ws: Workspace | null; onHelp: () => void }) {
  const row = useView((v) => v.caseRow);
  const saving = useView((v) => v.saving);
  const undo = useView((v) => v.undo);
  const redo = useView((v) => v.redo);
  const revision = useView((v) => v.revision);
  const stale = useView((v) => v.stale);
  const job = useView((v) => v.job);
  const readOnly = useView((v) => v.readOnly);
  const running = job?.state === 'run' || job?.state === 'ready';
  const id = row?.id ?? '';
  const follow = useFollow();
  useFollowing(() => void attempt(() => run(ws, id)));
  return (
    <header className="top">
      <Tooltip label="All cases">
        <ActionIcon component="a" href="#" aria-label="All cases">
          <Icon name="back" />
        </ActionIcon>
      </Tooltip>
      <span className="name">{row?.label}</span>
      {row && (
        <span className="state" data-state={row.state} data-testid="case-state">
          {row.state}
        </span>
      )}
      {row?.waitingFor && <span className="dim tiny">waiting for {row.waitingFor}</span>}
      {readOnly && <span className="state">read only</span>}
      <span className="grow" />
      {stale && (
        <Tooltip label="The plan has changed since its results were made. Run it again.">
          <span className="state" data-state="stale" data-testid="stale">
            results are out of date
          </span>
        </Tooltip>
      )}
      {job?.state === 'failed' && job.error && job.kind === 'run' && (
        <Tooltip multiline w={320} label={job.error.message}>
          <button
            type="button"
            className="state"
            data-state="refused"
            data-testid="failed"
            style={{ background: 'none', cursor: 'pointer', fontFamily: 'inherit' }}
            onClick={() => complain(job.error!)}
          >
            the run failed
          </button>
        </Tooltip>
      )}
      {!readOnly && (
        <>
          <Tooltip label={undo ? `Undo: ${undo}` : 'Nothing to undo'}>
            <ActionIcon aria-label="Undo" disabled={!undo} onClick={() => void attempt(() => ws!.file!.undo())}>
              <Icon name="undo" />
            </ActionIcon>
          </Tooltip>
          <Tooltip label={redo ? `Redo: ${redo}` : 'Nothing to redo'}>
            <ActionIcon aria-label="Redo" disabled={!redo} onClick={() => ws?.file?.redo()}>
              <Icon name="redo" />
            </ActionIcon>
          </Tooltip>
          <span className="state" data-state={saving.state} data-testid="saving" role="status">
            {SAVING[saving.state]}
            {saving.state === 'saved' ? ` · revision ${revision}` : ''}
          </span>
          <Tooltip label="Results follow by themselves once the plan has rested for three seconds">
            <Switch
              size="xs"
              label="Follow"
              checked={follow.on}
              onChange={(e) => follow.set(e.currentTarget.checked)}
            />
          </Tooltip>
          <div style={{ width: 128 }}>
            {running ? (
              <Act
                command={`osteon change ${id} --cancel ${job.id}`}
                onClick={() =>
                  void attempt(() =>
                    need(api.POST('/cases/{case}/jobs/{job}/cancel', { params: { path: { case: id, job: job.id } } })),
                  )
                }
              >
                <Icon name="stop" size={12} />
                &nbsp;Cancel {Math.round(100 * job.progress)} %
              </Act>
            ) : (
              <Act
                variant={stale ? 'filled' : 'default'}
                command={`osteon change ${id} --run`}
                tip="Make bones, implants, fit and report anew"
                onClick={() => void attempt(() => run(ws, id))}
              >
                <Icon name="run" size={12} />
                &nbsp;Run
              </Act>
            )}
          </div>
        </>
      )}
      <Tooltip label="Keys and mouse">
        <ActionIcon aria-label="Keys and mouse" onClick={onHelp}>
          <Icon name="help" />
        </ActionIcon>
      </Tooltip>
      <SchemeSwitch />
      <PersonMenu />
    </header>
  );
}

async function run(ws: Workspace | null, id: string): Promise<void> {
  await ws?.file?.send();
  const job = await need(api.POST('/cases/{case}/run', { params: { path: { case: id } } }));
  useView.setState({ job: view().job?.id === job.id ? view().job : job });
}
