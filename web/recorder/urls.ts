// What of an address may leave the browser.

/**
 * Takes user names, queries, parameters of the path and the query-like part of a fragment away.
 *
 * `#/orders?id=7` keeps `#/orders`, `#access_token=…` keeps `#access_token`. Works on text alone, so
 * that relative addresses and `mailto:` go through the same door.
 */
export function stripUrl(url: string): string {
  const hash = url.indexOf('#');
  const path = hash < 0 ? url : url.slice(0, hash);
  const fragment = hash < 0 ? '' : url.slice(hash);
  return (
    path
      .replace(/\?.*$/s, '')
      .replace(/;[^/]*/g, '')
      .replace(/^([a-z][a-z0-9+.-]*:)?\/\/[^/]*@/i, '$1//') + fragment.replace(/[?=&;].*$/s, '')
  );
}
