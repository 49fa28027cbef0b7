import { Group, Text } from '@mantine/core';
import { IconAlertTriangle, IconCheck } from '@tabler/icons-react';
import type { Completeness } from './api.ts';
import { completenessWords } from './completeness.ts';

/** Whole, or how much is missing: by sign and words, not by colour alone. */
export function CompletenessMark({ completeness }: { completeness: Completeness }) {
  const whole = completeness.missing === 0;
  return (
    <Group gap={6} wrap="nowrap" fz="sm" {...(whole ? {} : { c: 'red', fw: 600 })}>
      {whole ? (
        <IconCheck size={16} color="var(--mantine-color-teal-6)" aria-hidden />
      ) : (
        <IconAlertTriangle size={16} aria-hidden />
      )}
      <Text inherit span style={{ whiteSpace: 'nowrap' }}>
        {completenessWords(completeness)}
      </Text>
    </Group>
  );
}
