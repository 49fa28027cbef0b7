import { Stack, Text, Title } from '@mantine/core';
import type { Site } from '../api.ts';
import type { Draft } from './draft.ts';

interface PreviewProps {
  site: Site;
  draft: Draft;
}

/** What the selectors hide on a page of the site as it was recorded last. */
export function Preview({ site }: PreviewProps) {
  return (
    <Stack gap="xs">
      <Title order={3} size="h6">
        Preview
      </Title>
      {site.last_session === null && (
        <Text size="sm" c="dimmed">
          The preview comes with the first visit.
        </Text>
      )}
    </Stack>
  );
}
