import { Textarea } from '@mantine/core';
import type { ReactNode } from 'react';
import classes from './sites.module.css';

interface LinesInputProps {
  label: string;
  description?: string;
  placeholder?: string;
  value: string;
  error: ReactNode;
  disabled?: boolean;
  /** For what is code. */
  monospace?: boolean;
  onChange(value: string): void;
}

/** A list, one entry per line: easy to paste and to compare. */
export function LinesInput({ monospace = false, error, onChange, ...field }: LinesInputProps) {
  return (
    <Textarea
      {...field}
      autosize
      minRows={2}
      maxRows={12}
      spellCheck={false}
      error={error}
      classNames={monospace ? { input: classes['code'] ?? '' } : {}}
      onChange={(event) => onChange(event.currentTarget.value)}
    />
  );
}
