import { IconAlertTriangle, IconCheck } from '@tabler/icons-react';
import type { Completeness } from './api.ts';
import classes from './completeness.module.css';
import { completenessWords } from './completeness.ts';

/** Whole, or how much is missing: by sign and words, not by colour alone. */
export function CompletenessMark({ completeness }: { completeness: Completeness }) {
  const whole = completeness.missing === 0;
  const Icon = whole ? IconCheck : IconAlertTriangle;
  return (
    <span className={classes['mark']} data-whole={whole || undefined}>
      <Icon size={16} aria-hidden />
      <span>{completenessWords(completeness)}</span>
    </span>
  );
}
