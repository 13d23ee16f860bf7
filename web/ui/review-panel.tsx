import { Button, Checkbox, CopyButton, PasswordInput, Select, Textarea } from '@mantine/core';
import { useEffect, useState } from 'react';
import type { Vec3 } from '../../src/base/index.ts';
import { stepMm } from '../engine/planes.ts';
import { api, type Comment, need, type Review } from '../state/api.ts';
import { attempt, loadCase, loadTalk } from '../state/people-of-case.ts';
import { useView, view } from '../state/view.ts';
import { Act, Fact, Section } from './act.tsx';
import { useWorkspace } from './desk.tsx';
import { Revisions } from './revisions.tsx';
import { choices, take } from './tools.ts';

type Pin = Comment['pin'];
const when = (at: string) => new Date(at).toLocaleString();

export function ReviewPanel() {
  const id = useView((v) => v.caseRow?.id ?? '');
  return (
    <>
      <Comments id={id} />
      <Decide id={id} />
      <Revisions id={id} />
      <Shares id={id} />
    </>
  );
}

function Comments({ id }: { id: string }) {
  const ws = useWorkspace();
  const comments = useView((v) => v.comments);
  const readOnly = useView((v) => v.readOnly);
  const tool = useView((v) => v.tool);
  const [text, setText] = useState('');
  const [pin, setPin] = useState<Pin>(null);
  useEffect(() => {
    choices.onPin = (p) => setPin({ point: [...p] as [number, number, number] });
    return () => {
      choices.onPin = null;
    };
  }, []);
  const send = () =>
    attempt(async () => {
      await need(api.POST('/cases/{case}/comments', { params: { path: { case: id } }, body: { text, pin } }));
      setText('');
      setPin(null);
      take(ws, 'look');
      await loadTalk(id);
      ws.engine.invalidate();
    });
  const jump = (p: Pin) => {
    if (!p) return;
    if ('point' in p) ws.engine.jumpTo(p.point as unknown as Vec3);
    else if (ws.engine.scan) {
      const { grid } = ws.engine.scan;
      const axis = { sagittal: 0, coronal: 1, axial: 2 }[p.plane];
      const at = [...ws.engine.cross];
      at[axis] = grid.lpsFromVoxel.m[4 * axis + 3] + p.index * stepMm(grid, ws.engine.planes[p.plane].normal);
      ws.engine.setCross(at as unknown as Vec3);
    }
  };
  return (
    <Section title="Comments">
      {comments.map((c, i) => (
        <article className="comment" key={c.id} data-resolved={c.resolved}>
          <header>
            <button
              type="button"
              className="n"
              disabled={!c.pin}
              aria-label={`Go to comment ${i + 1}`}
              onClick={() => jump(c.pin)}
            >
              {i + 1}
            </button>
            <b>{c.author}</b>
            <span>{when(c.at)}</span>
            <span style={{ flex: 1 }} />
            {!readOnly && (
              <Checkbox
                size="xs"
                label="settled"
                checked={c.resolved}
                onChange={(e) => {
                  const resolved = e.currentTarget.checked;
                  void attempt(async () => {
                    await need(
                      api.PATCH('/cases/{case}/comments/{comment}', {
                        params: { path: { case: id, comment: c.id } },
                        body: { resolved },
                      }),
                    );
                    await loadTalk(id);
                  });
                }}
              />
            )}
          </header>
          <div style={{ whiteSpace: 'pre-wrap' }}>{c.text}</div>
        </article>
      ))}
      {!readOnly && (
        <>
          <Textarea
            aria-label="New comment"
            placeholder="New comment"
            autosize
            minRows={2}
            value={text}
            onChange={(e) => setText(e.currentTarget.value)}
          />
          <div className="grid2">
            <Button
              variant={tool === 'pin' ? 'filled' : 'default'}
              onClick={() => take(ws, tool === 'pin' ? 'look' : 'pin')}
            >
              {pin && 'point' in pin ? 'Pinned' : 'Pin to a place'}
            </Button>
            <Act
              command={`osteon change ${id} --comment ${JSON.stringify(text)}`}
              disabled={!text.trim()}
              onClick={() => void send()}
            >
              Comment
            </Act>
          </div>
        </>
      )}
    </Section>
  );
}

function Decide({ id }: { id: string }) {
  const reviews = useView((v) => v.reviews);
  const session = useView((v) => v.session);
  const hash = useView((v) => v.contentSha256);
  const stale = useView((v) => v.stale);
  const saving = useView((v) => v.saving);
  const [note, setNote] = useState('');
  const [password, setPassword] = useState('');
  const [role, setRole] = useState<'surgeon' | 'quality' | null>(null);
  const roles = (session?.user?.roles ?? []).filter(
    (r): r is 'surgeon' | 'quality' => r === 'surgeon' || r === 'quality',
  );
  const as = role ?? roles[0] ?? null;
  const decide = (meaning: 'approve' | 'reject') =>
    attempt(async () => {
      await loadCase(id);
      const contentSha256 = view().contentSha256;
      if (!as || !contentSha256 || contentSha256 !== hash) return;
      await need(
        api.POST('/cases/{case}/reviews', {
          params: { path: { case: id } },
          body: { meaning, contentSha256, role: as, ...(note.trim() && { note }), ...(password && { password }) },
        }),
      );
      setNote('');
      setPassword('');
      await Promise.all([loadTalk(id), loadCase(id)]);
    });
  return (
    <Section title="Decision">
      {reviews.map((r) => (
        <ReviewRow key={r.id} review={r} />
      ))}
      {roles.length > 0 && (
        <>
          <Fact name="What is signed" value={<span className="mono tiny">{hash?.slice(0, 16)}</span>} />
          {stale && (
            <p style={{ margin: 0, color: '#d29922' }}>
              The results are out of date: run the case before it is signed.
            </p>
          )}
          {roles.length > 1 && (
            <Select size="xs" label="As" data={roles} value={as} onChange={(v) => setRole(v as 'surgeon')} />
          )}
          <Textarea
            aria-label="Note to the decision"
            placeholder="Note (a rejection says why)"
            autosize
            minRows={1}
            value={note}
            onChange={(e) => setNote(e.currentTarget.value)}
          />
          {session?.mode === 'server' && (
            <PasswordInput
              size="xs"
              label="Password, as a signature"
              autoComplete="off"
              value={password}
              onChange={(e) => setPassword(e.currentTarget.value)}
            />
          )}
          <div className="grid2">
            <Act
              command={`osteon change ${id} --approve --as ${as}`}
              disabled={saving.state !== 'saved' || !hash}
              color="green"
              onClick={() => void decide('approve')}
            >
              Approve
            </Act>
            <Act
              command={`osteon change ${id} --reject ${JSON.stringify(note)} --as ${as}`}
              disabled={saving.state !== 'saved' || !hash || !note.trim()}
              color="red"
              onClick={() => void decide('reject')}
            >
              Reject
            </Act>
          </div>
        </>
      )}
    </Section>
  );
}

function ReviewRow({ review: r }: { review: Review }) {
  const isVoid = r.voidedBy !== null;
  return (
    <div>
      <div className="review" data-meaning={r.meaning} data-void={isVoid}>
        <b>{r.meaning === 'approve' ? 'Approved' : 'Rejected'}</b> by {r.author}, {r.role}
        <div className="dim tiny">
          revision {r.revision}, {when(r.at)}, <span className="mono">{r.contentSha256.slice(0, 12)}</span>
        </div>
        {r.note && <div>{r.note}</div>}
      </div>
      {isVoid && <span className="void-note">void since revision {r.voidedBy}: the case was changed</span>}
    </div>
  );
}

function Shares({ id }: { id: string }) {
  const readOnly = useView((v) => v.readOnly);
  const [link, setLink] = useState<string | null>(null);
  if (readOnly) return null;
  const make = () =>
    attempt(async () => {
      const { path } = await need(
        api.POST('/cases/{case}/shares', { params: { path: { case: id } }, body: { hours: 72 } }),
      );
      setLink(new URL(path, location.origin).href);
    });
  return (
    <Section title="Link for reading">
      <Act command={`osteon change ${id} --share 72`} onClick={() => void make()}>
        Make a link, good for three days
      </Act>
      {link && (
        <CopyButton value={link}>
          {({ copied, copy }) => (
            <Button
              onClick={copy}
              className="mono"
              styles={{ label: { overflow: 'hidden', textOverflow: 'ellipsis' } }}
            >
              {copied ? 'Copied' : link}
            </Button>
          )}
        </CopyButton>
      )}
    </Section>
  );
}
