/** Reads the multipart form of an upload. */
import { type ApiCall, ApiFailure } from "./endpoint.ts";
import type { UploadedFile } from "./media-formats.ts";

/** An uploaded file and the text fields beside it. */
export interface Upload {
  readonly file: UploadedFile;
  /** The text field of that name. */
  readonly field: (name: string) => string | undefined;
}

const FILE_FIELD = "media";

/**
 * The file of a form: the part `media`, which must have a filename.
 *
 * @throws {ApiFailure} 41005 when the body is no form, or has no such part
 */
export async function readUpload(call: Pick<ApiCall, "body" | "contentType">): Promise<Upload> {
  const form = await formOf(call);
  const media = form?.get(FILE_FIELD);
  if (form === undefined || !(media instanceof File) || media.name === "") throw new ApiFailure(41005);
  return {
    file: { filename: media.name, bytes: new Uint8Array(await media.arrayBuffer()) },
    field: (name) => {
      const value = form.get(name);
      return typeof value === "string" ? value : undefined;
    },
  };
}

async function formOf({
  body,
  contentType,
}: Pick<ApiCall, "body" | "contentType">): Promise<FormData | undefined> {
  try {
    return await new Response(body, { headers: { "Content-Type": contentType } }).formData();
  } catch {
    return undefined;
  }
}
