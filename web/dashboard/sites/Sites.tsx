import { Anchor, Badge, Code, Group, Skeleton, Stack, Table, Text, Title } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import type { Site } from '../api.ts';
import { Moment } from '../Moment.tsx';
import { sites } from '../queries.ts';
import { Trouble } from '../Trouble.tsx';
import classes from './sites.module.css';

/** Is it installed and right? */
export function Sites() {
  const list = useQuery(sites);
  return (
    <Stack maw={1440} mx="auto">
      <title>Sites · Footage</title>
      <Title order={1} size="h3">
        Sites
      </Title>
      {list.isPending && <Skeleton h={160} />}
      {list.error && !list.data && (
        <Trouble error={list.error} onRetry={() => void list.refetch()} />
      )}
      {list.data && (
        <Table className={classes['table'] ?? ''} verticalSpacing="sm" highlightOnHover>
          <Table.Thead>
            <Table.Tr>
              <Table.Th>Name</Table.Th>
              <Table.Th>Key</Table.Th>
              <Table.Th>Origins</Table.Th>
              <Table.Th>Last seen</Table.Th>
            </Table.Tr>
          </Table.Thead>
          <Table.Tbody>
            {list.data.map((site) => (
              <Row key={site.id} site={site} />
            ))}
          </Table.Tbody>
        </Table>
      )}
    </Stack>
  );
}

function Row({ site }: { site: Site }) {
  return (
    <Table.Tr>
      <Table.Td>
        <Group gap="xs">
          <Anchor
            fw={500}
            size="sm"
            renderRoot={(props) => (
              <Link to="/sites/$id" params={{ id: String(site.id) }} {...props} />
            )}
          >
            <bdi>{site.name}</bdi>
          </Anchor>
          {site.demo && (
            <Badge variant="default" size="sm">
              Built in
            </Badge>
          )}
        </Group>
      </Table.Td>
      <Table.Td>
        <Code>{site.key}</Code>
      </Table.Td>
      <Table.Td>{site.allowed_origins.map(originWords).join(', ') || 'none'}</Table.Td>
      <Table.Td>
        <LastSeen site={site} />
      </Table.Td>
    </Table.Tr>
  );
}

function originWords(origin: string): string {
  return origin === '*' ? 'any' : origin;
}

function LastSeen({ site }: { site: Site }) {
  if (site.last_session === null) {
    return (
      <Text size="sm" c="dimmed">
        No visit yet
      </Text>
    );
  }
  return (
    <Anchor size="sm" renderRoot={(props) => <Link to="/" search={{ site: site.id }} {...props} />}>
      <Moment ms={site.last_session.started_at_ms} />
    </Anchor>
  );
}
