import { ActionIcon, Button, Group, Popover } from '@mantine/core';
import { IconChevronDown, IconX } from '@tabler/icons-react';
import { type ReactNode, useState } from 'react';
import classes from '../sessions.module.css';

interface FilterChipProps {
  name: string;
  /** What it is set to, in words. */
  value: ReactNode;
  onClear(): void;
  children: (close: () => void) => ReactNode;
}

/** A filter: its name, or what it is set to; behind it what it can be set to. */
export function FilterChip({ name, value, onClear, children }: FilterChipProps) {
  const [opened, setOpened] = useState(false);
  const set = value !== null;
  return (
    <Group gap={0} wrap="nowrap" miw={0}>
      <Popover
        opened={opened}
        onChange={setOpened}
        position="bottom-start"
        shadow="md"
        trapFocus
        returnFocus
      >
        <Popover.Target>
          <Button
            variant={set ? 'light' : 'default'}
            size="xs"
            radius="xl"
            maw="min(400px, calc(100vw - 64px))"
            classNames={{ label: classes['chip'] ?? '' }}
            rightSection={<IconChevronDown size={14} aria-hidden />}
            onClick={() => setOpened(!opened)}
          >
            {set ? (
              <>
                {`${name}:\u00a0`}
                {value}
              </>
            ) : (
              name
            )}
          </Button>
        </Popover.Target>
        <Popover.Dropdown maw="calc(100vw - 32px)">
          {children(() => setOpened(false))}
        </Popover.Dropdown>
      </Popover>
      {set && (
        <ActionIcon
          variant="subtle"
          color="gray"
          radius="xl"
          aria-label={`Clear ${name.toLowerCase()}`}
          onClick={onClear}
        >
          <IconX size={14} />
        </ActionIcon>
      )}
    </Group>
  );
}
