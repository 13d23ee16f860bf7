import { MantineProvider } from '@mantine/core';
import '@mantine/core/styles.css';
import { createRoot } from 'react-dom/client';
import { App } from './ui/app.tsx';
import './ui/planner.css';
import { schemeKeeper, theme } from './ui/theme.ts';

createRoot(document.getElementById('app')!).render(
  <MantineProvider theme={theme} defaultColorScheme="dark" colorSchemeManager={schemeKeeper}>
    <App />
  </MantineProvider>,
);
