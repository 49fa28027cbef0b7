import { Group, Loader, Stack, Text, Title } from '@mantine/core';
import { useDebouncedValue } from '@mantine/hooks';
import { useMemo, useState } from 'react';
import type { Site } from '../api.ts';
import { counted } from '../format.ts';
import { Moment } from '../Moment.tsx';
import { readable } from '../readable.ts';
import { KeyframePreview } from '../session/KeyframePreview.tsx';
import type { View } from '../session/view.ts';
import { type Draft, entries } from './draft.ts';

const AFTER_TYPING_MS = 300;
const SELECTOR_CHARACTERS = 60;

interface PreviewProps {
  site: Site;
  draft: Draft;
}

type Concealed = NonNullable<View['concealed']>;

/** What the selectors hide on a page of the site as it was recorded last. */
export function Preview({ site, draft }: PreviewProps) {
  const [masks] = useDebouncedValue(draft.mask_selectors, AFTER_TYPING_MS);
  const [blocks] = useDebouncedValue(draft.block_selectors, AFTER_TYPING_MS);
  const conceal = useMemo(
    () => ({ mask_selectors: entries(masks), block_selectors: entries(blocks) }),
    [masks, blocks],
  );
  const [concealed, setConcealed] = useState<Concealed | null>(null);
  const named = conceal.mask_selectors.length + conceal.block_selectors.length > 0;
  const last = site.last_session;
  return (
    <Stack gap="xs">
      <Title order={3} size="h6">
        Preview
      </Title>
      {last === null ? (
        <Text size="sm" c="dimmed">
          The preview comes with the first visit.
        </Text>
      ) : (
        <>
          <KeyframePreview sessionId={last.id} conceal={conceal} onConcealed={setConcealed} />
          <Text size="sm" role="status">
            {named && (concealed ? words(concealed) : <Looking />)}
          </Text>
          <Text size="xs" c="dimmed">
            A page of the visit of <Moment ms={last.started_at_ms} />. What was hidden then stays
            hidden.
          </Text>
        </>
      )}
    </Stack>
  );
}

function Looking() {
  return (
    <Group component="span" gap="xs">
      <Loader component="span" size="xs" type="dots" aria-hidden />
      Looking what they hide
    </Group>
  );
}

function words({ masked, blocked, unmatched, invalid }: Concealed): string {
  const hidden =
    masked + blocked === 0
      ? 'Nothing on this page matches: nothing more is hidden.'
      : `On this page ${counted(masked, 'element')} would be masked, and ${counted(blocked, 'element')} blocked.`;
  const none = masked + blocked === 0 ? '' : listed('Matching nothing here', unmatched);
  return `${hidden}${none}${listed('Not selectors', invalid)}`;
}

function listed(what: string, selectors: readonly string[]): string {
  if (selectors.length === 0) return '';
  return ` ${what}: ${selectors.map((each) => readable(each, SELECTOR_CHARACTERS)).join(', ')}.`;
}
