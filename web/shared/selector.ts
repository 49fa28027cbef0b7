/**
 * Whether a browser understands a selector, also within a list.
 *
 * What a selector leaves open, a browser closes at its end, where in a list the next ones would
 * already have been swallowed: only such a one goes on being a selector when something is closed
 * that was never opened.
 */
export function isSelector(selector: string): boolean {
  return isRead(selector) && !isRead(`${selector})`) && !isRead(`${selector}]`);
}

function isRead(selector: string): boolean {
  try {
    document.createDocumentFragment().querySelector(selector);
    return true;
  } catch {
    return false;
  }
}
