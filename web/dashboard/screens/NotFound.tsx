import { Button, Center, Stack, Text, Title } from '@mantine/core';
import { Link } from '@tanstack/react-router';

export function NotFound() {
  return (
    <Center mih="70dvh" p="md">
      <Stack align="center" gap="sm">
        <Title order={1} size="h2">
          There is nothing here
        </Title>
        <Text c="dimmed" ta="center">
          The address is wrong, or what it named is gone or belongs to another account.
        </Text>
        <Button component={Link} to="/" variant="light">
          To the sessions
        </Button>
      </Stack>
    </Center>
  );
}
