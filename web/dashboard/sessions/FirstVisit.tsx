import { Button, Code, CopyButton, Group, Loader, Paper, Stack, Text, Title } from '@mantine/core';
import { IconCheck, IconCopy, IconExternalLink } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { sites } from '../queries.ts';
import { Trouble } from '../Trouble.tsx';

/** What to do while nothing has been recorded yet. */
export function FirstVisit() {
  const { data, error } = useQuery(sites);
  return (
    <Paper withBorder p="xl">
      <Stack maw={720}>
        <Title order={2} size="h4">
          Nothing has been recorded yet
        </Title>
        {error && <Trouble error={error} />}
        {data?.map((site) => (
          <Stack key={site.id} gap="xs">
            <Text size="sm">
              Put this into the head of every page of{' '}
              <Text span inherit fw={600}>
                {site.name}
              </Text>
              :
            </Text>
            <Code block style={{ whiteSpace: 'pre-wrap', overflowWrap: 'anywhere' }}>
              {site.snippet}
            </Code>
            <Group>
              <Copy text={site.snippet} />
            </Group>
          </Stack>
        ))}
        <Text size="sm" c="dimmed">
          Or walk through the demo shop, which records itself, and come back.
        </Text>
        <Group justify="space-between">
          <Button
            component="a"
            href="/demo/"
            target="_blank"
            rel="noreferrer"
            variant="light"
            leftSection={<IconExternalLink size={16} />}
          >
            Open the demo shop
          </Button>
          <Group gap="xs">
            <Loader size="xs" type="dots" />
            <Text size="sm" c="dimmed">
              Waiting for the first visit
            </Text>
          </Group>
        </Group>
      </Stack>
    </Paper>
  );
}

function Copy({ text }: { text: string }) {
  return (
    <CopyButton value={text}>
      {({ copied, copy }) => (
        <Button
          size="xs"
          variant="default"
          leftSection={copied ? <IconCheck size={14} /> : <IconCopy size={14} />}
          onClick={copy}
        >
          {copied ? 'Copied' : 'Copy the snippet'}
        </Button>
      )}
    </CopyButton>
  );
}
