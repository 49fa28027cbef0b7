import { Group, Kbd, Modal, Stack, Text } from '@mantine/core';

interface KeysHelpProps {
  /** Keys (alternatives one after the other; `…` is none) and what they do. */
  keys: readonly (readonly [keys: readonly string[], words: string])[];
  opened: boolean;
  onClose: () => void;
}

/** What the keyboard can do here. */
export function KeysHelp({ keys, opened, onClose }: KeysHelpProps) {
  return (
    <Modal opened={opened} onClose={onClose} title="Keyboard" size="sm" centered>
      <Stack gap="xs">
        {keys.map(([alternatives, words]) => (
          <Group key={words} justify="space-between" wrap="nowrap">
            <Text size="sm">{words}</Text>
            <Group gap={4} wrap="nowrap">
              {alternatives.map((key) => (key === '…' ? key : <Kbd key={key}>{key}</Kbd>))}
            </Group>
          </Group>
        ))}
      </Stack>
    </Modal>
  );
}
