import { Button, Popover, TextInput, Tooltip } from '@mantine/core';
import { useClipboard } from '@mantine/hooks';
import { IconCheck, IconLink } from '@tabler/icons-react';

const TOLD_MS = 2_000;

/** Copies a link to this very moment; where the browser does not let us, it is there to be copied. */
export function ShareButton({ at_ms }: { at_ms: () => number }) {
  const { copy, copied, error, reset } = useClipboard({ timeout: TOLD_MS });
  const link = () => {
    const url = new URL(window.location.href);
    url.searchParams.set('at', String(Math.round(at_ms() / 100) / 10));
    return url.href;
  };
  return (
    <Popover opened={error !== null} onDismiss={reset} trapFocus withArrow>
      <Popover.Target>
        <Tooltip label="A link to this moment">
          <Button
            size="xs"
            w={96}
            px={8}
            variant="default"
            color={copied ? 'teal' : 'gray'}
            leftSection={copied ? <IconCheck size={16} /> : <IconLink size={16} />}
            onClick={() => copy(link())}
          >
            {copied ? 'Copied' : 'Share'}
          </Button>
        </Tooltip>
      </Popover.Target>
      <Popover.Dropdown>
        <TextInput
          label="Copy this link"
          value={error === null ? '' : link()}
          readOnly
          onFocus={(event) => event.currentTarget.select()}
          data-autofocus
          w={280}
        />
      </Popover.Dropdown>
    </Popover>
  );
}
