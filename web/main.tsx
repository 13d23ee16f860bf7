import { MantineProvider } from '@mantine/core';
import '@mantine/core/styles.css';
import { createRoot } from 'react-dom/client';
import { App } from './ui/app.tsx';
import './ui/base.css';
import './ui/desk.css';
import './ui/acts.css';
import './ui/panes.css';
import './ui/lists.css';
import { schemeKeeper, theme } from './ui/theme.ts';

createRoot(document.getElementById('app')!).render(
  <MantineProvider theme={theme} defaultColorScheme="dark" colorSchemeManager={schemeKeeper}>
    <App />
  </MantineProvider>,
);
