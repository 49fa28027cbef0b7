import { Center, Group, Loader, Text } from '@mantine/core';

/** Before there is anything to show. */
export function Pending() {
  return (
    <Center mih="70dvh">
      <Group gap="sm" role="status">
        <Loader size="sm" aria-hidden />
        <Text c="dimmed">Waiting for the server …</Text>
      </Group>
    </Center>
  );
}
