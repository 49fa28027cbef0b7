import { Button, Code, CopyButton, Group, Stack } from '@mantine/core';
import { IconCheck, IconCopy } from '@tabler/icons-react';
import type { ReactNode } from 'react';

interface SnippetProps {
  text: string;
  /** Beside the button. */
  children?: ReactNode;
}

/** What records a page, ready to be copied. */
export function Snippet({ text, children }: SnippetProps) {
  return (
    <Stack gap="xs">
      <Code block style={{ whiteSpace: 'pre-wrap', overflowWrap: 'anywhere' }}>
        {text}
      </Code>
      <Group gap="sm">
        <CopyButton value={text}>
          {({ copied, copy }) => (
            <Button
              size="xs"
              variant={copied ? 'light' : 'filled'}
              leftSection={copied ? <IconCheck size={14} /> : <IconCopy size={14} />}
              onClick={copy}
            >
              {copied ? 'Copied' : 'Copy the snippet'}
            </Button>
          )}
        </CopyButton>
        {children}
      </Group>
    </Stack>
  );
}
