/** Cuts an event that is larger than a batch into slices, to be joined again by reading. */
export function split(bytes: Uint8Array, size: number): Uint8Array<ArrayBuffer>[] {
  const slices: Uint8Array<ArrayBuffer>[] = [];
  for (let at = 0; at < bytes.length; at += size) slices.push(bytes.slice(at, at + size));
  return slices;
}
