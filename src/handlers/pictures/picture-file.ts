/** Pictures as WeChat takes them: recognised by their bytes, and downloaded within bounds. */
import { pictureUrl } from "./picture-address.ts";

/** A picture that can be uploaded. */
export interface PictureFile {
  readonly bytes: Uint8Array<ArrayBuffer>;
  /** Of the ending that its bytes are of, whatever it was called. */
  readonly filename: string;
}

/** Why there is no picture: a word for the log. */
export type NoPicture =
  | "address_not_public"
  | "not_found"
  | "not_a_picture"
  | "format_not_taken"
  | "too_large"
  | "too_many_redirects";

/** What came of an attempt to get a picture. */
export type PictureReading =
  | { readonly ok: true; readonly file: PictureFile }
  | { readonly ok: false; readonly reason: NoPicture; readonly status?: number };

/** How a picture is downloaded. */
export interface DownloadOptions {
  readonly maxBytes: number;
  /** Origins that are trusted besides public ones. */
  readonly from: readonly string[];
  readonly signal: AbortSignal;
}

const MAX_REDIRECTS = 3;
/** The first bytes of what WeChat takes as a picture for a message. */
const MAGIC = [
  { ending: "jpg", bytes: [0xff, 0xd8, 0xff] },
  { ending: "png", bytes: [0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a] },
  { ending: "gif", bytes: [0x47, 0x49, 0x46, 0x38] },
] as const;
/** Object stores give files without a type of their own as this. */
const UNTOLD_TYPE = /^(?:application|binary)\/octet-stream\b/i;

/** The bytes as a file that WeChat takes: jpg, png or gif. */
export function pictureFile(bytes: Uint8Array<ArrayBuffer>, maxBytes: number): PictureReading {
  if (bytes.length > maxBytes) return { ok: false, reason: "too_large" };
  const format = MAGIC.find(({ bytes: magic }) => magic.every((byte, at) => bytes[at] === byte));
  if (format === undefined) return { ok: false, reason: "format_not_taken" };
  return { ok: true, file: { bytes, filename: `picture.${format.ending}` } };
}

/**
 * Downloads a picture; every redirect leads to an address that is checked as the first one is.
 *
 * @throws what `fetch` throws when nobody answers, the connection breaks, or the signal aborts
 */
export async function downloadPicture(address: string, options: DownloadOptions): Promise<PictureReading> {
  const { maxBytes, from, signal } = options;
  let next = address;
  for (let redirects = 0; redirects <= MAX_REDIRECTS; redirects++) {
    const url = pictureUrl(next, from);
    if (url === undefined) return { ok: false, reason: "address_not_public" };
    const response = await fetch(url, { redirect: "manual", signal, headers: { Accept: "image/*" } });
    const location = redirectOf(response, url);
    if (location === undefined) return read(response, maxBytes);
    await response.body?.cancel();
    next = location;
  }
  return { ok: false, reason: "too_many_redirects" };
}

function redirectOf({ status, headers }: Response, from: URL): string | undefined {
  const location = status >= 300 && status < 400 ? headers.get("Location") : null;
  if (location === null || !URL.canParse(location, from.href)) return undefined;
  return new URL(location, from.href).href;
}

async function read(response: Response, maxBytes: number): Promise<PictureReading> {
  const { status, headers, body } = response;
  const refused = async (reason: NoPicture): Promise<PictureReading> => {
    await body?.cancel();
    return { ok: false, reason, status };
  };
  if (!response.ok) return refused("not_found");
  const type = headers.get("Content-Type");
  if (type !== null && !/^image\//i.test(type) && !UNTOLD_TYPE.test(type)) return refused("not_a_picture");
  if (Number(headers.get("Content-Length") ?? 0) > maxBytes) return refused("too_large");
  const pieces: Uint8Array[] = [];
  let length = 0;
  for await (const piece of body ?? new Blob([]).stream()) {
    length += piece.length;
    // Leaving the loop cancels the rest.
    if (length > maxBytes) return { ok: false, reason: "too_large", status };
    pieces.push(piece);
  }
  return pictureFile(new Uint8Array(await new Blob(pieces).arrayBuffer()), maxBytes);
}
