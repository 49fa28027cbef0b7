/** Bytes as hexadecimal digits, the way ids are shown everywhere. */
export function hex(bytes: Uint8Array): string {
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('');
}
