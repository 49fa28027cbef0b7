import { Button, Stack } from '@mantine/core';
import type { Site } from '../../api.ts';
import { FilterChip } from './FilterChip.tsx';

interface SiteFilterProps {
  sites: readonly Site[];
  site: number | undefined;
  onChange(site: number | undefined): void;
}

export function SiteFilter({ sites, site, onChange }: SiteFilterProps) {
  const chosen = sites.find(({ id }) => id === site);
  return (
    <FilterChip
      name="Site"
      value={site === undefined ? null : (chosen?.name ?? 'unknown')}
      onClear={() => onChange(undefined)}
    >
      {(close) => (
        <Stack gap={4} mah={320} style={{ overflowY: 'auto' }}>
          {sites.map(({ id, name }) => (
            <Button
              key={id}
              size="xs"
              justify="flex-start"
              px="xs"
              mih={30}
              maw={320}
              variant={id === site ? 'filled' : 'subtle'}
              aria-pressed={id === site}
              onClick={() => {
                onChange(id);
                close();
              }}
            >
              {name}
            </Button>
          ))}
        </Stack>
      )}
    </FilterChip>
  );
}
