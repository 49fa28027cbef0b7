import { Anchor, AppShell, Button, Group, Image, Text } from '@mantine/core';
import { IconLogout } from '@tabler/icons-react';
import { useMutation, useQuery } from '@tanstack/react-query';
import { Link, Outlet, useNavigate } from '@tanstack/react-router';
import { logOut } from './api.ts';
import mark from './mark.svg';
import { me, queries } from './queries.ts';

/** The frame around every screen behind the login. */
export function Shell() {
  const staff = useQuery(me).data;
  const navigate = useNavigate();
  const leave = useMutation({
    mutationFn: logOut,
    onSuccess: async () => {
      await navigate({ to: '/login' });
      queries.clear();
    },
  });
  return (
    <AppShell header={{ height: 56 }} padding="md">
      <AppShell.Header px="md">
        <Group h="100%" justify="space-between" wrap="nowrap">
          <Anchor component={Link} to="/" c="inherit" underline="never">
            <Group gap="xs" wrap="nowrap">
              <Image src={mark} alt="" w={28} h={28} />
              <Text fw={600} size="lg">
                Footage
              </Text>
            </Group>
          </Anchor>
          <Group gap="md" wrap="nowrap">
            <Text size="sm" c="dimmed" truncate visibleFrom="xs">
              {staff && `${staff.email} · ${staff.account.name}`}
            </Text>
            <Button
              variant="subtle"
              color="gray"
              size="compact-sm"
              leftSection={<IconLogout size={16} />}
              loading={leave.isPending}
              onClick={() => leave.mutate()}
            >
              Log out
            </Button>
          </Group>
        </Group>
      </AppShell.Header>
      <AppShell.Main>
        <Outlet />
      </AppShell.Main>
    </AppShell>
  );
}
