import { Group, Kbd, Modal, Stack, Text } from '@mantine/core';
import { useDisclosure, useHotkeys } from '@mantine/hooks';

interface KeysHelpProps {
  /** Keys (alternatives one after the other) and what they do. */
  keys: readonly (readonly [keys: readonly string[], words: string])[];
}

/** What the keyboard can do here, behind the question mark. */
export function KeysHelp({ keys }: KeysHelpProps) {
  const [opened, { toggle, close }] = useDisclosure(false);
  useHotkeys([
    ['shift+?', toggle],
    ['?', toggle],
  ]);
  return (
    <Modal opened={opened} onClose={close} title="Keyboard" size="sm">
      <Stack gap="xs">
        {keys.map(([alternatives, words]) => (
          <Group key={words} justify="space-between" wrap="nowrap">
            <Text size="sm">{words}</Text>
            <Group gap={4} wrap="nowrap">
              {alternatives.map((key) => (
                <Kbd key={key}>{key}</Kbd>
              ))}
            </Group>
          </Group>
        ))}
      </Stack>
    </Modal>
  );
}
