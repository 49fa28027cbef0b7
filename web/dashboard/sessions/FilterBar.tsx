import { Button, Group } from '@mantine/core';
import { useState } from 'react';
import type { Site } from '../api.ts';
import { DurationFilter } from './filters/DurationFilter.tsx';
import { PageFilter } from './filters/PageFilter.tsx';
import { SiteFilter } from './filters/SiteFilter.tsx';
import { TimeFilter } from './filters/TimeFilter.tsx';
import { VisitorSearch } from './filters/VisitorSearch.tsx';
import type { ListSearch } from './search.ts';

interface FilterBarProps {
  search: ListSearch;
  sites: readonly Site[];
  /** `typing`: one of many small steps, not worth a place in the history. */
  onChange(change: { [K in keyof ListSearch]: ListSearch[K] | undefined }, typing?: boolean): void;
  onClear(): void;
}

export function FilterBar({ search, sites, onChange, onClear }: FilterBarProps) {
  const [clearings, setClearings] = useState(0);

  function clear() {
    // What is being typed goes, too.
    setClearings(clearings + 1);
    onClear();
  }

  return (
    <Group component="search" gap={8} aria-label="Filters">
      <VisitorSearch
        key={clearings}
        visitor={search.visitor}
        onChange={(visitor) => onChange({ visitor }, true)}
      />
      <TimeFilter times={search} onChange={onChange} />
      <DurationFilter bounds={search} onChange={onChange} />
      <PageFilter page={search.page} onChange={(page) => onChange({ page })} />
      {/* The last, for it comes when the sites are known, and moves none then. */}
      {(sites.length > 1 || search.site !== undefined) && (
        <SiteFilter sites={sites} site={search.site} onChange={(site) => onChange({ site })} />
      )}
      {Object.keys(search).length > 0 && (
        <Button variant="subtle" color="gray" size="xs" radius="xl" onClick={clear}>
          Clear all
        </Button>
      )}
    </Group>
  );
}
