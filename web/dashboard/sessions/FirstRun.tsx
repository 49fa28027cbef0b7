import {
  Anchor,
  Button,
  CloseButton,
  Group,
  Loader,
  NativeSelect,
  Paper,
  Skeleton,
  Stack,
  Text,
  Title,
} from '@mantine/core';
import { IconCircleCheck, IconExternalLink, IconPlayerPlayFilled } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { useState } from 'react';
import type { Session, Site } from '../api.ts';
import { visitorName } from '../format.ts';
import { sites } from '../queries.ts';
import { Snippet } from '../Snippet.tsx';
import { Stranger } from '../Stranger.tsx';
import { Trouble } from '../Trouble.tsx';

interface FirstRunProps {
  /** The first visit, once it is there. */
  arrived: Session | undefined;
  onClose(): void;
}

/** The way from an installed server to the first recording. */
export function FirstRun({ arrived, onClose }: FirstRunProps) {
  const { data, error, refetch } = useQuery(sites);
  return (
    <Paper withBorder p={{ base: 'md', sm: 'xl' }} maw={760} w="100%" mx="auto">
      <Stack gap="lg">
        {arrived ? <Arrived session={arrived} onClose={onClose} /> : <Waiting />}
        {!arrived && error && <Trouble error={error} onRetry={() => void refetch()} />}
        {!arrived && !error && (data ? <Install sites={data} /> : <Skeleton h={160} />)}
        {!arrived && <TryTheDemo />}
      </Stack>
    </Paper>
  );
}

function Waiting() {
  return (
    <Stack gap={4}>
      <Title order={2} size="h4">
        Nothing has been recorded yet
      </Title>
      <Group gap="xs" role="status">
        <Loader size="xs" type="dots" aria-hidden />
        <Text size="sm" c="dimmed">
          Waiting for the first visit …
        </Text>
      </Group>
    </Stack>
  );
}

function Arrived({ session, onClose }: { session: Session; onClose(): void }) {
  return (
    <Group justify="space-between" wrap="nowrap" align="flex-start" role="status">
      <Stack gap="sm" align="flex-start" miw={0}>
        <Group gap="xs" wrap="nowrap">
          <IconCircleCheck color="var(--mantine-color-teal-6)" aria-hidden />
          <Title order={2} size="h4">
            The first visit is here
          </Title>
        </Group>
        <Text size="sm">
          <Stranger text={visitorName(session.visitor, session.user)} max={48} /> on{' '}
          {session.site.name}
          {session.live ? ', and still there.' : '.'}
        </Text>
        <Button
          renderRoot={(props) => <Link to="/sessions/$id" params={{ id: session.id }} {...props} />}
          leftSection={<IconPlayerPlayFilled size={16} aria-hidden />}
        >
          Watch the recording
        </Button>
      </Stack>
      <CloseButton aria-label="Close" onClick={onClose} />
    </Group>
  );
}

/** Own sites: the demo shop has its snippet already. */
function Install({ sites: all }: { sites: readonly Site[] }) {
  const own = all.some(({ demo }) => !demo) ? all.filter(({ demo }) => !demo) : all;
  const [id, setId] = useState(own[0]?.id);
  const site = own.find((each) => each.id === id);
  if (site === undefined) {
    return <Text size="sm">No site is set up. An administrator adds one on the server.</Text>;
  }
  return (
    <Stack gap="sm">
      <Group justify="space-between">
        <Title order={3} size="h6">
          1. Put the recorder on your site
        </Title>
        {own.length > 1 && (
          <NativeSelect
            aria-label="Site"
            size="xs"
            value={site.id}
            onChange={(event) => setId(Number(event.currentTarget.value))}
            data={own.map(({ id: value, name }) => ({ value: String(value), label: name }))}
          />
        )}
      </Group>
      <Text size="sm">
        Paste this into the <code>&lt;head&gt;</code> of every page of{' '}
        <Text span inherit fw={600}>
          {site.name}
        </Text>
        , above other scripts, so that nothing is missed.
      </Text>
      <Snippet text={site.snippet} />
      <Origins site={site} />
    </Stack>
  );
}

function Origins({ site }: { site: Site }) {
  const settings = (
    <Anchor
      inherit
      underline="always"
      renderRoot={(props) => <Link to="/sites/$id" params={{ id: String(site.id) }} {...props} />}
    >
      settings of the site
    </Anchor>
  );
  return (
    <Text size="sm" c="dimmed">
      {site.allowed_origins.length === 0 ? (
        <>No origin may record yet: name yours in the {settings}.</>
      ) : (
        <>
          Recorded are pages at{' '}
          {site.allowed_origins.includes('*') ? 'any origin' : site.allowed_origins.join(', ')}. To
          change that, open the {settings}.
        </>
      )}
    </Text>
  );
}

function TryTheDemo() {
  return (
    <Stack gap="sm">
      <Title order={3} size="h6">
        2. Open a page of it, or try the demo shop
      </Title>
      <Text size="sm">
        The demo shop records itself: put something into the cart, come back here, and watch what
        you did.
      </Text>
      <Group>
        <Button
          component="a"
          href="/demo/"
          target="_blank"
          rel="noreferrer"
          variant="light"
          size="xs"
          rightSection={<IconExternalLink size={14} aria-hidden />}
        >
          Open the demo shop
        </Button>
      </Group>
    </Stack>
  );
}
