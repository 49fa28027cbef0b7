import {
  Button,
  Divider,
  Popover,
  SegmentedControl,
  Stack,
  Text,
  useMantineColorScheme,
} from '@mantine/core';
import { IconLogout, IconUserCircle } from '@tabler/icons-react';
import { useMutation, useQuery } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import { ApiError, logOut } from '../api.ts';
import { me, queries } from '../queries.ts';
import { rememberLogin } from '../remembered.ts';
import { Stranger } from '../Stranger.tsx';

const SCHEMES = [
  { value: 'auto', label: 'Auto' },
  { value: 'light', label: 'Light' },
  { value: 'dark', label: 'Dark' },
] as const;

/** Who I am, how it looks, and the way out. */
export function AccountMenu() {
  const staff = useQuery(me).data;
  return (
    <Popover position="bottom-end" width={240} shadow="md" trapFocus returnFocus>
      <Popover.Target>
        <Button
          variant="subtle"
          color="gray"
          size="compact-md"
          px="xs"
          mr="-xs"
          aria-label={`Account ${staff?.email ?? ''}`}
        >
          <IconUserCircle size={22} aria-hidden />
          <Text span size="sm" ml="xs" truncate maw={200} visibleFrom="sm">
            {staff?.email}
          </Text>
        </Button>
      </Popover.Target>
      <Popover.Dropdown p="sm">
        <Stack gap="sm">
          {staff && (
            <div>
              <Text size="sm" truncate>
                {staff.email}
              </Text>
              <Text size="xs" c="dimmed" truncate>
                <Stranger text={staff.account.name} />
              </Text>
            </div>
          )}
          <ColourScheme />
          <Divider />
          <LogOut />
        </Stack>
      </Popover.Dropdown>
    </Popover>
  );
}

function ColourScheme() {
  const { colorScheme, setColorScheme } = useMantineColorScheme();
  return (
    <SegmentedControl
      fullWidth
      size="xs"
      aria-label="Colours"
      data={[...SCHEMES]}
      value={colorScheme}
      onChange={setColorScheme}
    />
  );
}

/** Who is out already need not be told. */
function unlessOut(error: unknown): void {
  if (!(error instanceof ApiError) || error.status !== 401) throw error;
}

function LogOut() {
  const navigate = useNavigate();
  const leave = useMutation({
    mutationFn: () => logOut().catch(unlessOut),
    onSuccess: async () => {
      rememberLogin(false);
      await navigate({ to: '/login' });
      queries.clear();
    },
  });
  return (
    <>
      <Button
        variant="default"
        size="xs"
        leftSection={<IconLogout size={16} aria-hidden />}
        loading={leave.isPending}
        onClick={() => leave.mutate()}
      >
        Log out
      </Button>
      {leave.isError && (
        <Text size="xs" c="red" role="alert">
          {leave.error.message} You are still logged in.
        </Text>
      )}
    </>
  );
}
