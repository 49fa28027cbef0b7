import { Anchor, AppShell, Group, Image, Text } from '@mantine/core';
import { Link, Outlet } from '@tanstack/react-router';
import mark from '../mark.svg';
import { AccountMenu } from './AccountMenu.tsx';
import { AwayBanner } from './AwayBanner.tsx';
import { Progress } from './Progress.tsx';
import classes from './shell.module.css';

/** The frame around every screen behind the login. */
export function Shell() {
  return (
    <AppShell header={{ height: 56 }} padding="md">
      <a className={classes['skip']} href="#content">
        Skip to the content
      </a>
      <AppShell.Header px="md">
        <Progress />
        <Group h="100%" gap="lg" wrap="nowrap">
          <Anchor component={Link} to="/" c="inherit" underline="never">
            <Group gap="xs" wrap="nowrap">
              <Image src={mark} alt="Footage" w={28} h={28} />
              <Text fw={600} size="lg" visibleFrom="xs" aria-hidden>
                Footage
              </Text>
            </Group>
          </Anchor>
          <Group component="nav" gap={4} wrap="nowrap" flex={1} aria-label="Main">
            <Link
              to="/"
              className={classes['entry']}
              activeOptions={{ exact: true, includeSearch: false }}
            >
              Sessions
            </Link>
            <Link to="/sites" className={classes['entry']}>
              Sites
            </Link>
          </Group>
          <AccountMenu />
        </Group>
      </AppShell.Header>
      <AppShell.Main id="content" tabIndex={-1} className={classes['content'] ?? ''}>
        <AwayBanner />
        <Outlet />
      </AppShell.Main>
    </AppShell>
  );
}
