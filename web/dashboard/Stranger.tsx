import { readable } from './readable.ts';

const TOOLTIP_MAX = 1_000;

interface StrangerProps {
  text: string;
  /** Characters shown; the tooltip has more. */
  max?: number;
  className?: string | undefined;
}

/** A stranger's text: readable, kept from turning its surroundings around, and never markup. */
export function Stranger({ text, max = 120, className }: StrangerProps) {
  return (
    <bdi className={className} title={readable(text, TOOLTIP_MAX)}>
      {readable(text, max)}
    </bdi>
  );
}
