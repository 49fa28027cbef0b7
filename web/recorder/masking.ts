// What of a page's content may leave the browser. One answer per element, asked from everywhere.
import { isSelector } from '../shared/selector.ts';
import { attributeOf, isDesigned, isInside, nearest, tagOf, typeOf } from './dom.ts';
import type { Policy } from './tab.ts';

const BLOCK = '[data-footage-block]';
const MASK = '[data-footage-mask]';
const UNMASK = '[data-footage-unmask]';
const EDITABLE = '[contenteditable]:not([contenteditable="false" i])';
/** Its text is markup with all its fields, which no visitor with scripts sees. */
const UNSEEN = 'noscript';

/** Stands for any never-recorded value, whatever its length. */
const FIXED = '*******';

/** `never`: no page may unmask it. `keep`: it leaves as it is. */
export type Level = 'never' | 'mask' | 'keep';

const SECRET_AUTOCOMPLETE = /(^|\s)(cc-\S+|one-time-code|(current|new)-password)(\s|$)/i;
/** By these a field is known again that the page renders anew, or copies. */
const NAMES = ['id', 'name', 'placeholder', 'aria-label'];
const NAMES_MAX = 1000;
/** Their value is written by the page, not by the visitor. */
const LABELLED = /^(submit|button|reset|image|checkbox|radio)$/;

/** One bad selector in a list would switch the whole list off. */
function valid(selectors: readonly string[]): string[] {
  return selectors.filter(isSelector);
}

export class Masking {
  /** Elements of which only the size is recorded. */
  readonly blockSelector: string;
  /** Elements whose text is masked, unless `text` says otherwise. */
  readonly textSelector: string;
  private readonly policyMask: string | null;
  /** Fields that held a password once, also after a "show password" toggle. */
  private readonly secrets: WeakSet<Element>;
  private readonly secretNames: Set<string>;

  constructor(policy: Policy, before: Masking | null) {
    const mask = valid(policy.mask);
    this.blockSelector = [BLOCK, ...valid(policy.block)].join();
    this.textSelector = [MASK, EDITABLE, UNSEEN, 'textarea', ...mask].join();
    this.policyMask = mask.length > 0 ? mask.join() : null;
    this.secrets = before?.secrets ?? new WeakSet();
    this.secretNames = before?.secretNames ?? new Set();
  }

  isBlocked(element: Element): boolean {
    return nearest(element, this.blockSelector) !== null;
  }

  /** Whether the site or the page hides everything there. */
  isMasked(element: Element): boolean {
    return this.isPolicyMasked(element) || this.said(element) === 'mask';
  }

  private isPolicyMasked(element: Element): boolean {
    return this.policyMask !== null && nearest(element, this.policyMask) !== null;
  }

  /** How the value of a form field may be recorded. */
  ofField(element: Element): Level {
    if (this.isSecret(element)) return 'never';
    if (this.isPolicyMasked(element)) return 'mask';
    const said = this.said(element);
    if (said) return said;
    return /^(select|button)$/.test(tagOf(element)) || LABELLED.test(typeOf(element))
      ? 'keep'
      : 'mask';
  }

  /** The value as it may be recorded. Masking twice changes nothing. */
  value(value: string, element: Element): string {
    if (value === '') return value;
    const level = this.ofField(element);
    if (level === 'keep') return value;
    if (level === 'mask') return '*'.repeat(value.length);
    return typeOf(element) === 'hidden' ? '' : FIXED;
  }

  /** Text as it may be recorded, below an element that `textSelector` matches or not. */
  text(text: string, element: Element | null): string {
    return element && this.ofText(element) === 'keep' ? text : text.replace(/\S/g, '*');
  }

  private ofText(element: Element): Level {
    if (this.isPolicyMasked(element) || tagOf(element) === UNSEEN) return 'mask';
    if (tagOf(element) === 'textarea') return this.ofField(element);
    const written = isDesigned(element) || nearest(element, EDITABLE);
    return this.said(element) ?? (written ? 'mask' : 'keep');
  }

  /** The nearest of the page's own marks; on one element masking wins. */
  private said(element: Element): 'mask' | 'keep' | null {
    const mask = nearest(element, MASK);
    const unmask = nearest(element, UNMASK);
    if (!unmask) return mask && 'mask';
    return mask && isInside(mask, unmask) ? 'mask' : 'keep';
  }

  private isSecret(element: Element): boolean {
    if (this.secrets.has(element)) return true;
    const type = typeOf(element);
    const names = NAMES.map((name) => name + attributeOf(element, name)).filter(
      (named, at) => named !== NAMES[at],
    );
    if (type === 'password' || attributeOf(element, 'data-rr-is-password') !== '') {
      for (const name of names) if (this.secretNames.size < NAMES_MAX) this.secretNames.add(name);
    } else if (!names.some((name) => this.secretNames.has(name))) {
      return (
        (type === 'hidden' && tagOf(element) === 'input') ||
        SECRET_AUTOCOMPLETE.test(attributeOf(element, 'autocomplete'))
      );
    }
    this.secrets.add(element);
    return true;
  }
}
