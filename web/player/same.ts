import { type IMirror, NodeType, type serializedNodeWithId } from '@rrweb/types';

/**
 * Whether the shown page has every node of a snapshot at its place, so that building it would only
 * make it flicker. After a failure in the visitor's browser a snapshot may tell of more than the
 * events before it did.
 */
export function holds(mirror: IMirror<Node>, root: serializedNodeWithId): boolean {
  const left = [root];
  for (let told = left.pop(); told !== undefined; told = left.pop()) {
    const node = mirror.getNode(told.id);
    if (node === null) return false;
    if (told.type === NodeType.Text && !told.isStyle && node.textContent !== told.textContent)
      return false;
    if (!('childNodes' in told) || isTextual(told)) continue;
    for (const child of told.childNodes) {
      const parent = mirror.getNode(child.id)?.parentNode ?? null;
      if (parent !== node && (parent as ShadowRoot | null)?.host !== node) return false;
      left.push(child);
    }
  }
  return true;
}

/** rrweb builds the inside of these its own way. */
function isTextual(told: serializedNodeWithId): boolean {
  return told.type === NodeType.Element && ['style', 'link', 'textarea'].includes(told.tagName);
}
