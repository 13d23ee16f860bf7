import { ActionIcon, Button, type ButtonProps, Kbd, Tooltip } from '@mantine/core';
import type { ReactNode } from 'react';
import { show } from '../state/view.ts';
import { Icon } from './icons.tsx';

export function copyCommand(command: string): void {
  void navigator.clipboard?.writeText(command).catch(() => undefined);
  show({ hint: `Copied: ${command.slice(0, 120)}` });
}

interface Props extends ButtonProps {
  readonly children: ReactNode;
  readonly onClick: () => void;
  /** What does the same from a shell. */
  readonly command: string;
  readonly keys?: string;
  readonly tip?: string;
  readonly pressed?: boolean;
}

/** A button whose operation has a command line: it can be copied beside it. */
export function Act({ children, onClick, command, keys, tip, pressed, ...rest }: Props) {
  const button = (
    <Button
      fullWidth
      {...rest}
      variant={pressed ? 'filled' : (rest.variant ?? 'default')}
      aria-pressed={pressed}
      onClick={onClick}
      rightSection={keys ? <Kbd size="xs">{keys}</Kbd> : undefined}
      justify={keys ? 'space-between' : 'center'}
    >
      {children}
    </Button>
  );
  return (
    <div className="act">
      {tip ? <Tooltip label={tip}>{button}</Tooltip> : button}
      <Tooltip label="Copy as command">
        <ActionIcon
          className="act-copy"
          aria-label={`Copy as command: ${command.slice(0, 60)}`}
          onClick={() => copyCommand(command)}
        >
          <Icon name="copy" size={12} />
        </ActionIcon>
      </Tooltip>
    </div>
  );
}

export const Section = ({ title, children, right }: { title: string; children: ReactNode; right?: ReactNode }) => (
  <section className="section" aria-label={title}>
    <header>
      <h2>{title}</h2>
      {right}
    </header>
    {children}
  </section>
);

/** A number with its unit, for reading. */
export const Fact = ({
  name,
  value,
  unit = '',
  tone,
}: {
  name: string;
  value: ReactNode;
  unit?: string;
  tone?: 'bad' | 'good' | 'warn' | undefined;
}) => (
  <div className="fact" data-tone={tone}>
    <span>{name}</span>
    <b>
      {value}
      {unit && <i> {unit}</i>}
    </b>
  </div>
);
