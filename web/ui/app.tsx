import { Button, PasswordInput, TextInput } from '@mantine/core';
import { useEffect, useState } from 'react';
import { asProblem } from '../state/api.ts';
import { begin, route, signIn } from '../state/people.ts';
import { complain, useView } from '../state/view.ts';
import { Desk } from './desk.tsx';
import { Notices } from './notices.tsx';
import { Worklist } from './worklist.tsx';

export function App() {
  const session = useView((v) => v.session);
  const place = useView((v) => v.route);
  const [begun, setBegun] = useState(false);
  useEffect(() => {
    void begin().then(() => setBegun(true));
    addEventListener('hashchange', route);
    return () => removeEventListener('hashchange', route);
  }, []);
  return (
    <>
      {!begun ? null : !session ? (
        <SignIn />
      ) : place.page === 'case' ? (
        <Desk key={place.id} caseId={place.id} />
      ) : (
        <Worklist />
      )}
      <Notices />
    </>
  );
}

function SignIn() {
  const [name, setName] = useState('');
  const [password, setPassword] = useState('');
  const [busy, setBusy] = useState(false);
  const enter = async () => {
    setBusy(true);
    await signIn({ name, password }).catch((e) => complain(asProblem(e)));
    setBusy(false);
  };
  return (
    <main className="page" style={{ display: 'grid', placeItems: 'center' }}>
      <form
        style={{ width: 300, display: 'flex', flexDirection: 'column', gap: 10 }}
        onSubmit={(e) => {
          e.preventDefault();
          void enter();
        }}
      >
        <h1 style={{ fontSize: 20 }}>Osteon</h1>
        <p className="dim" style={{ margin: 0 }}>
          Sign in, or open the link that the server printed when it started.
        </p>
        <TextInput
          label="Name"
          autoComplete="username"
          value={name}
          onChange={(e) => setName(e.currentTarget.value)}
          required
        />
        <PasswordInput
          label="Password"
          autoComplete="current-password"
          value={password}
          onChange={(e) => setPassword(e.currentTarget.value)}
          required
        />
        <Button type="submit" variant="filled" loading={busy}>
          Sign in
        </Button>
      </form>
    </main>
  );
}
