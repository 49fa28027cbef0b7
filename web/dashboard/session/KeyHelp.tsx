import { Group, Kbd, Modal, Table, Text } from '@mantine/core';
import { KEYS } from './keys.ts';

interface KeyHelpProps {
  opened: boolean;
  onClose: () => void;
}

export function KeyHelp({ opened, onClose }: KeyHelpProps) {
  return (
    <Modal opened={opened} onClose={onClose} title="Keyboard" centered>
      <Table verticalSpacing={6} withRowBorders={false}>
        <Table.Tbody>
          {KEYS.map(([keys, does]) => (
            <Table.Tr key={does}>
              <Table.Td w={120} pl={0}>
                <Group gap={4} wrap="nowrap">
                  {keys.map((key) => (key === '…' ? key : <Kbd key={key}>{key}</Kbd>))}
                </Group>
              </Table.Td>
              <Table.Td pr={0}>
                <Text size="sm">{does}</Text>
              </Table.Td>
            </Table.Tr>
          ))}
        </Table.Tbody>
      </Table>
    </Modal>
  );
}
