import { Button } from '@mantine/core';
import { Link } from '@tanstack/react-router';
import { Screen } from './Screen.tsx';

export function NotFound() {
  return (
    <Screen
      title="There is nothing here"
      words="The address is wrong, or what it named is gone or belongs to another account."
    >
      <Button component={Link} to="/" variant="light">
        To the sessions
      </Button>
    </Screen>
  );
}
