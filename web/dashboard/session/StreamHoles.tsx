import { Text } from '@mantine/core';
import type { Stream } from '../api.ts';
import { gapWords, rangesWords, receivedWords } from '../completeness.ts';
import { pathOf } from '../format.ts';
import { Stranger } from '../Stranger.tsx';

/** What one page load sent, and what of it is missing and why. */
export function StreamHoles({ stream }: { stream: Stream }) {
  const { missing, gaps, received } = stream;
  return (
    <div>
      <Text size="sm" style={{ overflowWrap: 'anywhere' }}>
        <Stranger text={pathOf(stream.url)} />
        <Text span size="sm" c="dimmed">
          {' · '}
          {receivedWords(received)}
        </Text>
      </Text>
      {missing.length > 0 && (
        <Text size="sm" c="red">
          {rangesWords(missing)} of this page did not arrive.
        </Text>
      )}
      {gaps.map((gap) => (
        <Text key={gap.first} size="sm" c="orange">
          {gapWords(gap)}
        </Text>
      ))}
    </div>
  );
}
