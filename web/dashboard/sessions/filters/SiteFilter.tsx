import { Radio, Stack } from '@mantine/core';
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
        <Radio.Group
          aria-label="Site"
          value={site === undefined ? '' : String(site)}
          onChange={(id) => onChange(id === '' ? undefined : Number(id))}
        >
          <Stack gap="xs" mah={320} style={{ overflowY: 'auto' }} onKeyDown={closeOnEnter(close)}>
            <Radio value="" label="All sites" />
            {sites.map(({ id, name }) => (
              <Radio key={id} value={String(id)} label={name} />
            ))}
          </Stack>
        </Radio.Group>
      )}
    </FilterChip>
  );
}

function closeOnEnter(close: () => void) {
  return ({ key }: { key: string }) => {
    if (key === 'Enter') close();
  };
}
