// The settings of a site while they are being edited: lists as lines of text.
import { isSelector } from '../../shared/selector.ts';
import type { Site, SiteChange } from '../api.ts';
import { readable } from '../readable.ts';

export interface Draft {
  name: string;
  allowed_origins: string;
  keep_query: boolean;
  mask_selectors: string;
  block_selectors: string;
}

export type Field = keyof Draft;

const SHOWN = 60;

export function draftOf(site: Site): Draft {
  return {
    name: site.name,
    allowed_origins: site.allowed_origins.join('\n'),
    keep_query: site.keep_query,
    mask_selectors: site.mask_selectors.join('\n'),
    block_selectors: site.block_selectors.join('\n'),
  };
}

/** The entries of a list: its lines, without those that are blank. */
export function entries(text: string): string[] {
  return text
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '');
}

/** What differs from the site as it is stored; null when nothing does. */
export function changeOf(site: Site, draft: Draft): SiteChange | null {
  const wanted: Required<SiteChange> = {
    name: draft.name.trim(),
    allowed_origins: entries(draft.allowed_origins).map((entry) => originOf(entry) ?? entry),
    keep_query: draft.keep_query,
    mask_selectors: entries(draft.mask_selectors),
    block_selectors: entries(draft.block_selectors),
  };
  const change = Object.entries(wanted).filter(
    ([field, value]) => JSON.stringify(value) !== JSON.stringify(site[field as Field]),
  );
  return change.length === 0 ? null : Object.fromEntries(change);
}

/** What is wrong with the draft as far as a browser can tell, by field. */
export function problemsOf(draft: Draft): Partial<Record<Field, string>> {
  const problems = {
    name: draft.name.trim() === '' ? 'Give it a name.' : null,
    allowed_origins:
      entries(draft.allowed_origins).length === 0
        ? 'Without an origin nothing is recorded. Write * for any.'
        : wrongEntries(draft.allowed_origins, (entry) => originOf(entry) !== null, 'an origin'),
    mask_selectors: wrongEntries(draft.mask_selectors, isSelector, 'a selector'),
    block_selectors: wrongEntries(draft.block_selectors, isSelector, 'a selector'),
  };
  return Object.fromEntries(Object.entries(problems).filter(([, problem]) => problem !== null));
}

function wrongEntries(text: string, fits: (entry: string) => boolean, kind: string): string | null {
  const wrong = entries(text).filter((entry) => !fits(entry));
  if (wrong.length === 0) return null;
  return `Not ${kind}: ${wrong.map((entry) => readable(entry, SHOWN)).join(', ')}`;
}

/** An origin as browsers send it, however it was written; null when there is more, or none. */
export function originOf(entry: string): string | null {
  if (entry === '*') return entry;
  const url = URL.parse(entry);
  if (url === null || !/^https?:$/.test(url.protocol)) return null;
  return url.href === `${url.origin}/` ? url.origin : null;
}

/** The field that the server's words begin with. */
export function fieldOf(message: string): Field | null {
  const field = /^(name|allowed_origins|keep_query|mask_selectors|block_selectors)\b/.exec(message);
  return (field?.[0] ?? null) as Field | null;
}
