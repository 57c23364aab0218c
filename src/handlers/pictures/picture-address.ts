/** Which addresses a picture may be fetched from. What a model writes down, its users may have put into its mouth. */

/** Names that a network gives to itself, and no public one. */
const PRIVATE_NAME =
  /(?:^|\.)(?:localhost|local|localdomain|internal|intranet|lan|home|corp|arpa|test|invalid|onion)$/;
/** `new URL` has written every way to spell an IPv4 address as four numbers by then. */
const IP_ADDRESS = /^\[|^\d+\.\d+\.\d+\.\d+$/;

/**
 * The address, if a picture may be fetched from there: https, a public name and no number, nobody's password in it. A
 * public name may lead to a private address all the same: a Worker does not see what a name resolves to.
 *
 * @param from origins that are trusted besides, whatever they are: `http://localhost:8788`
 */
export function pictureUrl(address: string, from: readonly string[]): URL | undefined {
  if (!URL.canParse(address)) return undefined;
  const url = new URL(address);
  if (url.username !== "" || url.password !== "") return undefined;
  if (from.includes(url.origin)) return url;
  const name = url.hostname.replace(/\.+$/, "");
  const isPublic = name.includes(".") && !IP_ADDRESS.test(name) && !PRIVATE_NAME.test(name);
  return url.protocol === "https:" && isPublic ? url : undefined;
}
