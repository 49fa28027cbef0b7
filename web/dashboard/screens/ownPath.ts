const OWN = 'https://own.invalid';

/** A login must not lead to another site: read as a browser reads it, tabs and backslashes included. */
export function isOwnPath(path: string): boolean {
  return path.startsWith('/') && URL.parse(path, OWN)?.origin === OWN;
}
