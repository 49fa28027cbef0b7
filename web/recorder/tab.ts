// What outlives a page: the visitor's id and consent in localStorage, this tab's session in
// sessionStorage, the site's policy beside it. Storage may be missing or refuse; then pages do not
// connect, and nothing else breaks.
import { hex } from '../shared/hex.ts';
import { randomBytes } from './natives.ts';

/** The site's own rules of masking, as the server last told them. */
export type Policy = {
  readonly hash: Uint8Array;
  readonly mask: readonly string[];
  readonly block: readonly string[];
  readonly keep_query: boolean;
};

/** No policy is known: its hash matches none. */
export const NO_POLICY: Policy = {
  hash: new Uint8Array(8),
  mask: [],
  block: [],
  keep_query: false,
};

type Kept = { [name: string]: unknown };

function bytesOf(digits: unknown, size: number): Uint8Array | null {
  if (typeof digits !== 'string' || !/^[0-9a-f]*$/.test(digits)) return null;
  if (digits.length !== size * 2) return null;
  return Uint8Array.from({ length: size }, (_, at) =>
    Number.parseInt(digits.substr(at * 2, 2), 16),
  );
}

function texts(value: unknown): string[] {
  return Array.isArray(value) ? value.filter((each) => typeof each === 'string') : [];
}

/** One JSON object under one key of a storage. */
class Drawer {
  private readonly storage: () => Storage;
  private readonly key: string;

  constructor(storage: () => Storage, key: string) {
    this.storage = storage;
    this.key = key;
  }

  read(): Kept {
    try {
      const kept: unknown = JSON.parse(this.storage().getItem(this.key) ?? '{}');
      return typeof kept === 'object' && kept !== null ? (kept as Kept) : {};
    } catch {
      return {};
    }
  }

  write(change: Kept): void {
    try {
      this.storage().setItem(this.key, JSON.stringify({ ...this.read(), ...change }));
    } catch {
      // Full or forbidden: the next page starts anew.
    }
  }
}

export class Tab {
  private readonly session: Drawer;
  private readonly browser: Drawer;

  constructor(siteKey: string) {
    this.session = new Drawer(() => sessionStorage, `footage.tab.${siteKey}`);
    this.browser = new Drawer(() => localStorage, `footage.browser.${siteKey}`);
  }

  get token(): string | null {
    const { token } = this.session.read();
    return typeof token === 'string' ? token : null;
  }

  set token(token: string | null) {
    this.session.write({ token });
  }

  /** Written only as the page goes away, so that a duplicated tab does not inherit it. */
  leave(stream: Uint8Array): void {
    this.session.write({ from: hex(stream) });
  }

  /** The stream this tab came from; asked once, then forgotten. */
  takeNavigatedFrom(): Uint8Array | null {
    const from = bytesOf(this.session.read()['from'], 8);
    if (from) this.session.write({ from: null });
    return from;
  }

  visitor(): Uint8Array {
    const known = bytesOf(this.browser.read()['visitor'], 16);
    if (known) return known;
    const visitor = randomBytes(16);
    this.browser.write({ visitor: hex(visitor) });
    return visitor;
  }

  /** Nothing that tells one visitor from another stays. */
  forget(): void {
    this.session.write({ token: null, from: null });
    this.browser.write({ visitor: null });
  }

  /** Whether the visitor refused earlier, on any page of the site. */
  get denied(): boolean {
    return this.browser.read()['denied'] === true;
  }

  set denied(denied: boolean) {
    this.browser.write({ denied });
  }

  get policy(): Policy {
    const kept = this.browser.read()['policy'] as Kept | undefined;
    const hash = bytesOf(kept?.['hash'], 8);
    if (!kept || !hash) return NO_POLICY;
    return {
      hash,
      mask: texts(kept['mask']),
      block: texts(kept['block']),
      keep_query: kept['keep_query'] === true,
    };
  }

  set policy(policy: Policy) {
    this.browser.write({ policy: { ...policy, hash: hex(policy.hash) } });
  }
}
