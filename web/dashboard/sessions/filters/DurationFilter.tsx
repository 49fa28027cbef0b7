import { Button, Group, Stack, TextInput } from '@mantine/core';
import { type FormEvent, useState } from 'react';
import { duration, parseSeconds } from '../../format.ts';
import type { ListSearch } from '../search.ts';
import { FilterChip } from './FilterChip.tsx';

type Bounds = Pick<ListSearch, 'min_s' | 'max_s'>;
type Change = { [K in keyof Bounds]-?: number | undefined };

const AT_LEAST_S = [10, 60, 300, 1_800];
const NONE: Change = { min_s: undefined, max_s: undefined };

interface DurationFilterProps {
  bounds: Bounds;
  onChange(bounds: Change): void;
}

export function DurationFilter({ bounds, onChange }: DurationFilterProps) {
  return (
    <FilterChip name="Duration" value={boundsWords(bounds)} onClear={() => onChange(NONE)}>
      {(close) => (
        <Stack gap="sm">
          <Group gap="xs">
            {AT_LEAST_S.map((min_s) => (
              <Button
                key={min_s}
                size="xs"
                variant="default"
                onClick={() => {
                  onChange({ ...NONE, min_s });
                  close();
                }}
              >
                Over {short(min_s)}
              </Button>
            ))}
          </Group>
          <OwnBounds
            bounds={bounds}
            onApply={(own) => {
              onChange(own);
              close();
            }}
          />
        </Stack>
      )}
    </FilterChip>
  );
}

function OwnBounds({ bounds, onApply }: { bounds: Bounds; onApply(bounds: Change): void }) {
  const [min, setMin] = useState(bounds.min_s ? short(bounds.min_s) : '');
  const [max, setMax] = useState(bounds.max_s ? short(bounds.max_s) : '');
  const [min_s, max_s] = [parseSeconds(min), parseSeconds(max)];
  const crossed = min_s !== null && max_s !== null && max_s < min_s;
  const wrong = crossed || unclear(min, min_s) !== null || unclear(max, max_s) !== null;

  function submit(event: FormEvent) {
    event.preventDefault();
    if (!wrong) onApply({ min_s: min_s || undefined, max_s: max_s || undefined });
  }

  return (
    <form onSubmit={submit}>
      <Stack gap="xs">
        <Group gap="xs" align="flex-start" grow>
          <TextInput
            label="At least"
            size="xs"
            placeholder="30 s"
            value={min}
            error={unclear(min, min_s)}
            onChange={(event) => setMin(event.currentTarget.value)}
          />
          <TextInput
            label="At most"
            size="xs"
            placeholder="5 min"
            value={max}
            error={crossed ? 'This is less than the least.' : unclear(max, max_s)}
            onChange={(event) => setMax(event.currentTarget.value)}
          />
        </Group>
        <Button type="submit" size="xs" disabled={wrong}>
          Show these
        </Button>
      </Stack>
    </form>
  );
}

function unclear(text: string, seconds: number | null): string | null {
  return text.trim() !== '' && seconds === null ? 'Write 90 s, 5 min or 1:30.' : null;
}

/** Without what is nought: `5 min`, and not `5 min 00 s`. */
function short(seconds: number): string {
  return duration(seconds * 1_000).replace(/ 00 (s|min)$/, '');
}

function boundsWords({ min_s, max_s }: Bounds): string | null {
  if (min_s && max_s) return `${short(min_s)} to ${short(max_s)}`;
  if (min_s) return `over ${short(min_s)}`;
  return max_s ? `up to ${short(max_s)}` : null;
}
