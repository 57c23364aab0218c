/** Media as a download: bytes, and a name to save them under. */
import type { KeptMedia } from "../media.ts";
import { ApiFailure } from "./endpoint.ts";
import { extensionOf } from "./media-formats.ts";

const DOWNLOAD_TIMEOUT_MS = 5_000;

/**
 * The answer that carries the file. A picture that a user's phone was given by address is fetched from there.
 *
 * @throws {ApiFailure} -1 when that address gives no picture
 * @see https://github.com/w7corp/easywechat/issues/290 (permanent media come as `text/plain`)
 */
export async function fileAnswer(kept: KeptMedia): Promise<Response> {
  const { type, bytes } = kept.kind === "bytes" ? kept : await download(kept.url);
  const headers = {
    "Content-Length": String(bytes.byteLength),
    "Cache-Control": "no-cache, must-revalidate",
  };
  // Of permanent media WeChat tells neither the type nor a name.
  if (kept.lifetime === "permanent") {
    return new Response(bytes, { headers: { ...headers, "Content-Type": "text/plain" } });
  }
  const filename = `${kept.id}.${extensionOf(type)}`;
  return new Response(bytes, {
    headers: {
      ...headers,
      "Content-Type": type,
      "Content-disposition": `attachment; filename="${filename}"`,
    },
  });
}

async function download(url: string): Promise<{ type: string; bytes: ArrayBuffer }> {
  try {
    const response = await fetch(url, { signal: AbortSignal.timeout(DOWNLOAD_TIMEOUT_MS) });
    if (!response.ok) throw new ApiFailure(-1, `system error: ${url} answers with status ${response.status}`);
    return {
      type: response.headers.get("content-type") ?? "application/octet-stream",
      bytes: await response.arrayBuffer(),
    };
  } catch (error) {
    if (error instanceof ApiFailure) throw error;
    throw new ApiFailure(-1, `system error: ${url} cannot be fetched`);
  }
}
