import { Button, Menu, SegmentedControl, Stack, Text, useMantineColorScheme } from '@mantine/core';
import { IconLogout, IconUserCircle } from '@tabler/icons-react';
import { useMutation, useQuery } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import { logOut } from '../api.ts';
import { me, queries } from '../queries.ts';
import { Stranger } from '../Stranger.tsx';

const SCHEMES = [
  { value: 'auto', label: 'Auto' },
  { value: 'light', label: 'Light' },
  { value: 'dark', label: 'Dark' },
] as const;

/** Who I am, how it looks, and the way out. */
export function AccountMenu() {
  const staff = useQuery(me).data;
  const navigate = useNavigate();
  const { colorScheme, setColorScheme } = useMantineColorScheme();
  const leave = useMutation({
    mutationFn: logOut,
    onSuccess: async () => {
      await navigate({ to: '/login' });
      queries.clear();
    },
  });
  return (
    <Menu position="bottom-end" width={240} shadow="md">
      <Menu.Target>
        <Button
          variant="subtle"
          color="gray"
          size="compact-md"
          px={4}
          aria-label="Account"
          leftSection={<IconUserCircle size={22} aria-hidden />}
        >
          <Text span size="sm" truncate maw={200} visibleFrom="sm">
            {staff?.email}
          </Text>
        </Button>
      </Menu.Target>
      <Menu.Dropdown>
        {staff && (
          <Stack gap={0} px="sm" py={6}>
            <Text size="sm" truncate>
              {staff.email}
            </Text>
            <Text size="xs" c="dimmed" truncate>
              <Stranger text={staff.account.name} />
            </Text>
          </Stack>
        )}
        <Menu.Divider />
        <Menu.Label id="scheme">Colours</Menu.Label>
        <SegmentedControl
          fullWidth
          size="xs"
          aria-label="Colours"
          data={[...SCHEMES]}
          value={colorScheme}
          onChange={setColorScheme}
        />
        <Menu.Divider />
        <Menu.Item
          leftSection={<IconLogout size={16} aria-hidden />}
          disabled={leave.isPending}
          closeMenuOnClick={false}
          onClick={() => leave.mutate()}
        >
          Log out
        </Menu.Item>
        {leave.isError && (
          <Text size="xs" c="red" px="sm" py={4} role="alert">
            {leave.error.message} You are still logged in.
          </Text>
        )}
      </Menu.Dropdown>
    </Menu>
  );
}
