import {
  Button,
  Center,
  Group,
  Image,
  Paper,
  PasswordInput,
  Stack,
  TextInput,
  Title,
} from '@mantine/core';
import { useMutation } from '@tanstack/react-query';
import { getRouteApi, useRouter } from '@tanstack/react-router';
import type { FormEvent } from 'react';
import { logIn, type Staff } from '../api.ts';
import mark from '../mark.svg';
import { me, queries } from '../queries.ts';
import { forgetPlace } from '../sessions/place.ts';
import { Trouble } from '../Trouble.tsx';

const route = getRouteApi('/login');

export function LogIn() {
  const { to } = route.useSearch();
  const { history } = useRouter();
  const entry = useMutation({
    mutationFn: ({ email, password }: { email: string; password: string }) =>
      logIn(email, password),
    onSuccess: (staff: Staff) => {
      // What was on the screen before may have been another account's.
      queries.removeQueries();
      forgetPlace();
      queries.setQueryData(me.queryKey, staff);
      history.replace(to ?? '/');
    },
  });

  function submit(event: FormEvent<HTMLFormElement>) {
    event.preventDefault();
    const data = new FormData(event.currentTarget);
    entry.mutate({ email: String(data.get('email')), password: String(data.get('password')) });
  }

  return (
    <Center mih="100dvh" p="md" component="main">
      <title>Log in · Footage</title>
      <Paper withBorder p="xl" w="100%" maw={400} shadow="sm">
        <form onSubmit={submit}>
          <Stack>
            <Group gap="sm">
              <Image src={mark} alt="" w={32} h={32} />
              <Title order={1} size="h3">
                Log in to Footage
              </Title>
            </Group>
            <TextInput
              name="email"
              type="email"
              label="E-mail"
              autoComplete="username"
              required
              withAsterisk={false}
            />
            <PasswordInput
              name="password"
              label="Password"
              autoComplete="current-password"
              required
              withAsterisk={false}
            />
            {entry.isError && <Trouble error={entry.error} role="alert" />}
            <Button type="submit" loading={entry.isPending}>
              Log in
            </Button>
          </Stack>
        </form>
      </Paper>
    </Center>
  );
}
