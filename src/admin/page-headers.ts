/** What pages of this Worker are sent with: nothing runs in them, nothing is loaded, and nothing is kept or indexed. */
import { toBase64 } from "../protocol/bytes.ts";

/**
 * The headers of a page.
 *
 * @param style all of its style, which is known by its digest
 * @see https://www.w3.org/TR/CSP3/
 */
export async function pageHeaders(style: string): Promise<Readonly<Record<string, string>>> {
  const digest = await crypto.subtle.digest("SHA-256", new TextEncoder().encode(style));
  const source = `'sha256-${toBase64(new Uint8Array(digest))}'`;
  return {
    "Content-Security-Policy": `default-src 'none'; style-src ${source}; base-uri 'none'; form-action 'none'; frame-ancestors 'none'`,
    "Cache-Control": "no-store",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
    "X-Robots-Tag": "noindex, nofollow",
  };
}
