/**
 * Multipart bodies for uploads, written by hand: WeChat wants to know the length beforehand, and a large file should
 * not be held in memory.
 *
 * @see https://developer.mozilla.org/docs/Web/API/FormData (the escapes of names are the browser's)
 */
import type { ExchangeBody } from "./exchange.ts";
import { ApiInputError } from "../../errors.ts";

/** A file's content: bytes, or a stream of a known length that can be opened again when the upload is repeated. */
export type FileContent = Blob | ArrayBuffer | Uint8Array<ArrayBuffer> | StreamContent;

/** A stream that can be opened again, and its length. */
export interface StreamContent {
  readonly stream: () => ReadableStream<Uint8Array>;
  readonly bytes: number;
}

/** A file to upload. */
export interface UploadFile {
  readonly content: FileContent;
  /** WeChat looks at its ending: `cat.jpg`. */
  readonly filename: string;
  /** `image/jpeg` … */
  readonly contentType: string;
}

/** A form with one file. */
export interface UploadForm {
  /** The form field that the call wants the file in; nearly always `media`. */
  readonly field: string;
  readonly file: UploadFile;
  readonly texts: Readonly<Record<string, string>>;
}

/** The form as a body, made anew for every attempt. */
export interface MultipartBody {
  readonly contentType: string;
  open(): OpenedBody;
}

/** A body that is being sent. */
export interface OpenedBody {
  readonly body: ExchangeBody;
  /** What was wrong with the file's stream when it broke the request off. */
  fault(): ApiInputError | undefined;
}

const encoder = new TextEncoder();

/** Bytes of a file. */
export function fileBytes(content: FileContent): number {
  if (content instanceof Blob) return content.size;
  return isStream(content) ? content.bytes : content.byteLength;
}

/** Writes the form. */
export function multipart({ field, file, texts }: UploadForm): MultipartBody {
  const boundary = `wechat-edge-${crypto.randomUUID()}`;
  const parts = Object.entries(texts).map(
    ([name, value]) =>
      `--${boundary}\r\nContent-Disposition: form-data; name="${escaped(name)}"\r\n\r\n${value}\r\n`,
  );
  const head = encoder.encode(
    `${parts.join("")}--${boundary}\r\n` +
      `Content-Disposition: form-data; name="${escaped(field)}"; filename="${escaped(file.filename)}"\r\n` +
      `Content-Type: ${headerText(file.contentType)}\r\n\r\n`,
  );
  const foot = encoder.encode(`\r\n--${boundary}--\r\n`);
  const contentType = `multipart/form-data; boundary=${boundary}`;
  const { content } = file;
  if (!isStream(content)) {
    return {
      contentType,
      open: () => ({ body: new Blob([head, content, foot]), fault: () => undefined }),
    };
  }
  return { contentType, open: () => streamed(head, new Source(file.filename, content), foot) };
}

function isStream(content: FileContent): content is StreamContent {
  return "stream" in content && !(content instanceof Blob);
}

function streamed(head: Uint8Array, source: Source, foot: Uint8Array): OpenedBody {
  // A plain stream would be sent in chunks, without a Content-Length.
  const { readable, writable } = new FixedLengthStream(head.length + source.bytes + foot.length);
  void pump(writable, head, source, foot);
  return { body: readable, fault: () => source.fault };
}

/** A failure of the source breaks the request: the reading side is told. */
async function pump(
  writable: WritableStream<Uint8Array>,
  head: Uint8Array,
  source: Source,
  foot: Uint8Array,
): Promise<void> {
  const writer = writable.getWriter();
  try {
    await writer.write(head);
    for await (const chunk of source.chunks()) await writer.write(chunk);
    await writer.write(foot);
    await writer.close();
  } catch (error) {
    await writer.abort(error).catch(() => undefined);
  }
}

/** A file's stream, held to the length that was told of it. */
class Source {
  readonly #filename: string;
  readonly #content: StreamContent;
  #fault: ApiInputError | undefined;

  constructor(filename: string, content: StreamContent) {
    this.#filename = filename;
    this.#content = content;
  }

  get bytes(): number {
    return this.#content.bytes;
  }

  get fault(): ApiInputError | undefined {
    return this.#fault;
  }

  /** @throws {ApiInputError} when the stream breaks off, or is shorter or longer than it should be */
  async *chunks(): AsyncGenerator<Uint8Array, void, undefined> {
    let read = 0;
    try {
      for await (const chunk of this.#content.stream()) {
        read += chunk.length;
        if (read > this.bytes) break;
        yield chunk;
      }
    } catch (cause) {
      throw this.#failed(`broke off after ${read} bytes`, { cause });
    }
    if (read > this.bytes) throw this.#failed(`has more than the ${this.bytes} bytes that were told`);
    if (read < this.bytes) throw this.#failed(`has ${read} bytes, not the ${this.bytes} that were told`);
  }

  #failed(what: string, options?: ErrorOptions): ApiInputError {
    this.#fault = new ApiInputError(`The stream of "${this.#filename}" ${what}.`, options);
    return this.#fault;
  }
}

function escaped(name: string): string {
  return name.replace(/[\r\n"]/g, (char) => (char === '"' ? "%22" : char === "\r" ? "%0D" : "%0A"));
}

function headerText(contentType: string): string {
  if (/^[\w.+-]+\/[\w.+-]+(?:; ?[\w.=+-]+)*$/.test(contentType)) return contentType;
  throw new ApiInputError(`"${contentType}" is no content type.`);
}
