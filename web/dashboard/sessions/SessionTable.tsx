import { Anchor, Group, Table, Text } from '@mantine/core';
import { Link } from '@tanstack/react-router';
import type { Session } from '../api.ts';
import { CompletenessMark } from '../CompletenessMark.tsx';
import { bytes, duration, exactMoment, moment, number, pathOf, visitorName } from '../format.ts';
import classes from './sessions.module.css';

export function SessionTable({ sessions }: { sessions: readonly Session[] }) {
  return (
    <Table className={classes['table']} highlightOnHover verticalSpacing="sm">
      <Table.Thead>
        <Table.Tr>
          <Table.Th>Visitor</Table.Th>
          <Table.Th>Started</Table.Th>
          <Table.Th className={classes['count']}>Duration</Table.Th>
          <Table.Th>Pages</Table.Th>
          <Table.Th className={classes['count']}>Events</Table.Th>
          <Table.Th className={classes['count']}>Size</Table.Th>
          <Table.Th>Completeness</Table.Th>
        </Table.Tr>
      </Table.Thead>
      <Table.Tbody>
        {sessions.map((session) => (
          <Row key={session.id} session={session} />
        ))}
      </Table.Tbody>
    </Table>
  );
}

function Row({ session }: { session: Session }) {
  return (
    <Table.Tr className={classes['row']}>
      <Table.Td>
        <Group gap="xs" wrap="nowrap">
          <Anchor
            renderRoot={(props) => (
              <Link to="/sessions/$id" params={{ id: session.id }} {...props} />
            )}
            className={classes['link'] ?? ''}
            fw={500}
            size="sm"
          >
            {visitorName(session.visitor, session.user)}
          </Anchor>
          {session.live && (
            <Text span size="xs" c="red" className={classes['live'] ?? ''}>
              live
            </Text>
          )}
        </Group>
      </Table.Td>
      <Table.Td className={classes['fixed']} title={exactMoment(session.started_at_ms)}>
        {moment(session.started_at_ms)}
      </Table.Td>
      <Table.Td className={classes['count']}>{duration(session.duration_ms)}</Table.Td>
      <Table.Td className={classes['pages']} title={`${session.first_url} → ${session.last_url}`}>
        <Pages session={session} />
      </Table.Td>
      <Table.Td className={classes['extra']}>{number(session.events)}</Table.Td>
      <Table.Td className={classes['extra']}>{bytes(session.bytes)}</Table.Td>
      <Table.Td>
        <CompletenessMark completeness={session.completeness} />
      </Table.Td>
    </Table.Tr>
  );
}

function Pages({ session }: { session: Session }) {
  const first = pathOf(session.first_url);
  const last = pathOf(session.last_url);
  return (
    <Text size="sm" truncate>
      <Text span inherit c="dimmed" mr="xs">
        {number(session.pages)}
      </Text>
      {first}
      {session.pages > 1 && ` → ${last}`}
    </Text>
  );
}
