import { CloseButton, Kbd, TextInput } from '@mantine/core';
import { useDebouncedCallback, useHotkeys } from '@mantine/hooks';
import { IconSearch } from '@tabler/icons-react';
import { useRef, useState } from 'react';
import classes from '../sessions.module.css';

const AFTER_TYPING_MS = 300;

interface VisitorSearchProps {
  visitor: string | undefined;
  onChange(visitor: string | undefined): void;
}

/** The question most asked: this one person. */
export function VisitorSearch({ visitor = '', onChange }: VisitorSearchProps) {
  const field = useRef<HTMLInputElement>(null);
  const [text, setText] = useState(visitor);
  const [seen, setSeen] = useState(visitor);
  const [asked, setAsked] = useState(visitor);
  // Back and forward change the address, and the field follows; to what was asked for it does not
  // go back, for more may have been typed since.
  if (seen !== visitor) {
    setSeen(visitor);
    setAsked(visitor);
    if (visitor !== asked) setText(visitor);
  }
  const ask = useDebouncedCallback((typed: string) => {
    setAsked(typed);
    onChange(typed || undefined);
  }, AFTER_TYPING_MS);
  useHotkeys([['/', () => field.current?.select()]]);

  function type(typed: string) {
    setText(typed);
    ask(typed);
  }

  return (
    <TextInput
      ref={field}
      className={classes['visitor'] ?? ''}
      aria-label="Visitor or user"
      placeholder="Visitor or user"
      type="search"
      size="xs"
      radius="xl"
      maxLength={128}
      value={text}
      onChange={(event) => type(event.currentTarget.value)}
      onKeyDown={({ key }) => key === 'Escape' && field.current?.blur()}
      leftSection={<IconSearch size={14} aria-hidden />}
      rightSection={
        text === '' ? (
          <Kbd size="xs" visibleFrom="sm" aria-hidden>
            /
          </Kbd>
        ) : (
          <CloseButton
            size="xs"
            radius="xl"
            aria-label="Clear visitor"
            onClick={() => {
              type('');
              field.current?.focus();
            }}
          />
        )
      }
    />
  );
}
