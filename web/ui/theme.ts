import { ActionIcon, Button, createTheme, localStorageColorSchemeManager, Tooltip } from '@mantine/core';

/** Dense and calm: small type, square corners, one accent. */
export const theme = createTheme({
  primaryColor: 'steel',
  defaultRadius: 3,
  fontFamily: 'system-ui, -apple-system, "Segoe UI", Roboto, "Noto Sans", sans-serif',
  fontSizes: { xs: '11.5px', sm: '12.5px', md: '13.5px', lg: '15px', xl: '18px' },
  spacing: { xs: '6px', sm: '9px', md: '12px', lg: '18px', xl: '26px' },
  colors: {
    steel: [
      '#e8f1fa',
      '#cfe0f1',
      '#a5c4e3',
      '#79a7d4',
      '#5690c8',
      '#3f80bf',
      '#2f74b5',
      '#22629e',
      '#17538a',
      '#094475',
    ],
    dark: [
      '#c9d1d9',
      '#aab4c0',
      '#8b96a5',
      '#5b6674',
      '#3b4450',
      '#2a323d',
      '#1e242c',
      '#161b22',
      '#10141a',
      '#0b0e12',
    ],
  },
  components: {
    Button: Button.extend({ defaultProps: { size: 'xs', variant: 'default' } }),
    ActionIcon: ActionIcon.extend({ defaultProps: { variant: 'subtle', color: 'gray', size: 'sm' } }),
    Tooltip: Tooltip.extend({ defaultProps: { openDelay: 500, withArrow: true, fz: 'xs' } }),
  },
});

export const schemeKeeper = localStorageColorSchemeManager({ key: 'osteon-scheme' });
