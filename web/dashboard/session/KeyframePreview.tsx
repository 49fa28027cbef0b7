import { Center, Loader, Text } from '@mantine/core';
import { useEffect } from 'react';
import { Trouble } from '../Trouble.tsx';
import classes from './session.module.css';
import type { Timeline } from './timeline.ts';
import { usePlayer } from './usePlayer.ts';
import { useTimeline } from './useTimeline.ts';
import type { View } from './view.ts';

/** Nothing but the picture is read. */
const BUDGET_BYTES = 0;

interface KeyframePreviewProps {
  sessionId: string;
  conceal: { mask_selectors: readonly string[]; block_selectors: readonly string[] };
  /** How much is hidden, and which selectors no browser understands. Keep its identity. */
  onConcealed?: (concealed: NonNullable<View['concealed']>) => void;
}

/** The last picture that a session has, as a recorder with these selectors would have taken it. */
export function KeyframePreview({ sessionId, conceal, onConcealed }: KeyframePreviewProps) {
  const { timeline, ratio, error, retry } = useTimeline(sessionId);
  const last = timeline && lastKeyframe(timeline);
  if (error !== null && timeline === undefined) return <Trouble error={error} onRetry={retry} />;
  return (
    <div className={classes['preview']} style={{ aspectRatio: ratio ?? undefined }}>
      {last === null && (
        <Center className={classes['glass']} p="md">
          <Text c="dimmed">No picture of a page has arrived from the last visit.</Text>
        </Center>
      )}
      {timeline && typeof last === 'number' && (
        <Picture
          key={sessionId}
          sessionId={sessionId}
          timeline={timeline}
          at_ms={last}
          conceal={conceal}
          onConcealed={onConcealed}
        />
      )}
    </div>
  );
}

/** A moment at which the last keyframe stands. */
function lastKeyframe({ chunks, keyframes }: Timeline): number | null {
  return chunks[keyframes.at(-1) ?? -1]?.to_ms ?? null;
}

interface PictureProps extends Pick<KeyframePreviewProps, 'sessionId' | 'conceal'> {
  timeline: Timeline;
  at_ms: number;
  onConcealed: KeyframePreviewProps['onConcealed'] | undefined;
}

function Picture({ sessionId, timeline, at_ms, conceal, onConcealed }: PictureProps) {
  const settings = { speed: 1, skipInactive: false, at_ms, budget_bytes: BUDGET_BYTES };
  const { view, attach, send, retry } = usePlayer(sessionId, timeline, false, settings);
  const { mask_selectors, block_selectors } = conceal;
  const { shown, concealed } = view;
  useEffect(() => {
    if (shown) send({ type: 'conceal', mask_selectors, block_selectors });
  }, [shown, send, mask_selectors, block_selectors]);
  useEffect(() => {
    if (concealed) onConcealed?.(concealed);
  }, [concealed, onConcealed]);
  return (
    <>
      {view.url !== null && (
        <iframe
          ref={attach}
          className={classes['frame']}
          src={view.url}
          title="A page as it would be recorded"
          referrerPolicy="no-referrer"
          tabIndex={-1}
        />
      )}
      <Center className={classes['glass']} p="md">
        {view.error !== null && <Trouble error={view.error} onRetry={retry} />}
        {view.error === null && !shown && (
          <Loader size="sm" role="status" aria-label="Loading the picture" />
        )}
      </Center>
    </>
  );
}
