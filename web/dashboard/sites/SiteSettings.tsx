import { Anchor, Group, Paper, Skeleton, Stack, Text, Title } from '@mantine/core';
import { IconArrowLeft } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { getRouteApi, Link } from '@tanstack/react-router';
import type { Site } from '../api.ts';
import { Moment } from '../Moment.tsx';
import { sites } from '../queries.ts';
import { Snippet } from '../Snippet.tsx';
import { NotFound } from '../screens/NotFound.tsx';
import { Trouble } from '../Trouble.tsx';
import { SiteForm } from './SiteForm.tsx';

const route = getRouteApi('/staff/sites/$id');

export function SiteSettings() {
  const { id } = route.useParams();
  const { data, error, refetch } = useQuery(sites);
  const site = data?.find((each) => String(each.id) === id);
  if (site) return <Settings key={site.id} site={site} />;
  if (data) return <NotFound />;
  if (error) return <Trouble error={error} onRetry={() => void refetch()} maw={640} mx="auto" />;
  return <Skeleton h={480} maw={1440} mx="auto" />;
}

function Settings({ site }: { site: Site }) {
  return (
    <Stack maw={1440} mx="auto">
      <title>{`${site.name} · Footage`}</title>
      <Group gap="sm" wrap="nowrap">
        <Anchor component={Link} to="/sites" aria-label="To the sites" c="dimmed" lh={0}>
          <IconArrowLeft size={20} />
        </Anchor>
        <Title order={1} size="h3" lineClamp={1}>
          <bdi>{site.name}</bdi>
        </Title>
      </Group>
      <Paper withBorder p="md">
        <Stack gap="sm">
          <Title order={2} size="h5">
            Snippet
          </Title>
          <Text size="sm">
            {site.demo ? (
              'The demo shop has it already.'
            ) : (
              <>
                Paste this into the <code>&lt;head&gt;</code> of every page.
              </>
            )}{' '}
            <LastSeen site={site} />
          </Text>
          <Snippet text={site.snippet} />
        </Stack>
      </Paper>
      <SiteForm site={site} />
    </Stack>
  );
}

function LastSeen({ site }: { site: Site }) {
  if (site.last_session === null) return 'No visit has been recorded yet.';
  return (
    <>
      The last visit began <Moment ms={site.last_session.started_at_ms} />.
    </>
  );
}
