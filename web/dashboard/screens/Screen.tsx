import { Center, Stack, Text, Title } from '@mantine/core';
import type { ReactNode } from 'react';

interface ScreenProps {
  title: string;
  words: ReactNode;
  children?: ReactNode;
}

/** A screen with one thing to say, and what to do about it. */
export function Screen({ title, words, children }: ScreenProps) {
  return (
    <Center mih="70dvh" p="md">
      <title>{`${title} · Footage`}</title>
      <Stack align="center" gap="sm" maw={480} ta="center">
        <Title order={1} size="h2">
          {title}
        </Title>
        <Text c="dimmed">{words}</Text>
        {children}
      </Stack>
    </Center>
  );
}
