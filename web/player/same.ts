import { type IMirror, NodeType, type serializedNodeWithId } from '@rrweb/types';

type Mirror = Pick<IMirror<Node>, 'getNode'>;

/**
 * Whether the shown page has every node of a snapshot at its place, so that building it would only
 * make it flicker. After a failure in the visitor's browser a snapshot may tell of more than the
 * events before it did.
 */
export function holds(
  mirror: Mirror,
  root: serializedNodeWithId,
  textOf: (node: Node) => string | null,
): boolean {
  const left = [root];
  for (let told = left.pop(); told !== undefined; told = left.pop()) {
    const node = mirror.getNode(told.id);
    if (node === null || !saysSame(told, node, textOf)) return false;
    if (!('childNodes' in told) || isTextual(told)) continue;
    if (!told.childNodes.every((child) => isIn(node, mirror.getNode(child.id)))) return false;
    for (const child of told.childNodes) left.push(child);
  }
  return true;
}

function saysSame(
  told: serializedNodeWithId,
  node: Node,
  textOf: (node: Node) => string | null,
): boolean {
  return told.type !== NodeType.Text || textOf(node) === told.textContent;
}

function isIn(parent: Node, child: Node | null): boolean {
  const above = child?.parentNode ?? null;
  return above === parent || (above as ShadowRoot | null)?.host === parent;
}

/** rrweb builds the inside of these its own way. */
function isTextual(told: serializedNodeWithId): boolean {
  return told.type === NodeType.Element && ['style', 'link', 'textarea'].includes(told.tagName);
}
