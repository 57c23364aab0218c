/** The pictures of one answer: found in its text, fetched, uploaded, and sent as messages of their own. */
import { errorFields, type Logger } from "../../telemetry/logger.ts";
import { link } from "../text/link.ts";
import { DataUrls } from "./data-urls.ts";
import { downloadPicture, pictureFile, type PictureFile, type PictureReading } from "./picture-file.ts";

/** How the pictures of an answer are sent. */
export interface PictureOptions {
  /** So many pictures of one answer are sent, and twice as many tried; those that follow become links. Default 3. */
  readonly max?: number;
  /** Default and most 10,485,760: WeChat takes no larger ones. Pictures that come as data count together. */
  readonly maxBytes?: number;
  /** The time that all pictures of one answer may take, in milliseconds. Default 15,000. */
  readonly timeoutMs?: number;
  /**
   * Origins whose pictures are fetched although they are not public: `http://10.0.0.7:9000`. Default: that of
   * `MODEL_BASE_URL`.
   */
  readonly from?: readonly string[];
}

/** A picture that was uploaded. */
export interface UploadedPicture {
  readonly mediaId: string;
}

/** What a picture of an answer needs of the run around it. */
export interface PictureSurroundings {
  /** Uploads a file for a message; unset where pictures cannot be sent. */
  readonly upload: ((file: PictureFile, signal: AbortSignal) => Promise<UploadedPicture>) | undefined;
  /** Milliseconds since the epoch. */
  readonly clock: () => number;
  /** When the answer has to be over, in milliseconds since the epoch. */
  readonly endBy: number;
  /** Of the run. */
  readonly signal: AbortSignal;
  readonly log: Pick<Logger, "warn">;
  /** Said behind the words of a picture that can neither be sent nor linked to. */
  readonly unshown: string;
}

const MAX_PICTURES = 3;
const MAX_BYTES = 10_485_760;
const TIMEOUT_MS = 15_000;
/** For each picture that may be sent. What a user makes the model say must not make the Worker call on everybody. */
const TRIES = 2;
/** What is left of a run's time for the words behind a picture. */
const MARGIN_MS = 500;

/** Stands in the text for a picture, by its number. No text has these two: they are no characters. */
const MARK = /\uFDD0(\d+)\uFDD1/;
const NONCHARACTERS = /[\uFDD0\uFDD1]/g;
const WEB = /^https?:\/\//i;

interface PlacedPicture {
  readonly alt: string;
  readonly address: string;
}

/**
 * One for each answer: what the model says goes through `take`, what stands for its pictures is made by `place`, and
 * what the user is shown comes from `shown`.
 */
export class Pictures {
  readonly #options: Required<PictureOptions>;
  readonly #around: PictureSurroundings;
  readonly #data: DataUrls;
  readonly #placed: PlacedPicture[] = [];
  readonly #sent = new Set<string>();
  #tries = 0;
  #leftMs: number;

  constructor(options: PictureOptions, around: PictureSurroundings) {
    const { max = MAX_PICTURES, maxBytes = MAX_BYTES, timeoutMs = TIMEOUT_MS, from = [] } = options;
    this.#options = { max, maxBytes: Math.min(maxBytes, MAX_BYTES), timeoutMs, from };
    this.#around = around;
    this.#data = new DataUrls(around.upload === undefined ? 0 : max, this.#options.maxBytes);
    this.#leftMs = timeoutMs;
  }

  /** A piece of the model's answer, without the data of its pictures. */
  take(text: string): string {
    return this.#data.push(text.replace(NONCHARACTERS, ""));
  }

  /** The answer is over: the rest of it. */
  end(): string {
    return this.#data.end();
  }

  /** What stands in the text for a picture; `undefined` where its link does. */
  readonly place = (alt: string, address: string): string | undefined => {
    const at = address.trim();
    const isLink = WEB.test(at) && this.#around.upload === undefined;
    if (isLink || !(WEB.test(at) || isData(at))) return undefined;
    return `\uFDD0${this.#placed.push({ alt, address: at }) - 1}\uFDD1`;
  };

  /** The text with its pictures uploaded; with its link, the picture that cannot be. Never throws for a picture's sake. */
  async *shown(text: string): AsyncGenerator<string | UploadedPicture> {
    // Every second one is the number of a picture.
    for (const [at, piece] of text.split(MARK).entries()) {
      const picture = at % 2 === 1 ? this.#placed[Number(piece)] : undefined;
      if (picture === undefined) {
        if (piece !== "") yield piece;
        continue;
      }
      // The answer names it a second time, and the user has it.
      if (this.#sent.has(picture.address)) continue;
      yield (await this.#uploaded(picture)) ?? this.#instead(picture);
      this.#data.forget(picture.address);
    }
  }

  #instead({ alt, address }: PlacedPicture): string {
    return isData(address) ? `${alt.trim()}${this.#around.unshown}` : link(alt, address);
  }

  /** @throws the run's own reason when it is over */
  async #uploaded(picture: PlacedPicture): Promise<UploadedPicture | undefined> {
    const { upload, clock, endBy, signal } = this.#around;
    const { max } = this.#options;
    if (upload === undefined) return undefined;
    const began = clock();
    const leftMs = Math.min(this.#leftMs, endBy - MARGIN_MS - began);
    if (this.#sent.size >= max || this.#tries >= max * TRIES) return this.#failed({ reason: "too_many" });
    if (leftMs <= 0) return this.#failed({ reason: "no_time_left" });
    this.#tries++;
    const ending = new AbortController();
    const timer = setTimeout(() => ending.abort(), leftMs);
    try {
      const within = AbortSignal.any([signal, ending.signal]);
      const reading = await this.#read(picture.address, within);
      if (!reading.ok) {
        const { reason, status } = reading;
        return this.#failed(status === undefined ? { reason } : { reason, status });
      }
      const uploaded = await upload(reading.file, within);
      this.#sent.add(picture.address);
      return uploaded;
    } catch (error) {
      signal.throwIfAborted();
      return this.#failed({ reason: ending.signal.aborted ? "timed_out" : "failed", ...errorFields(error) });
    } finally {
      clearTimeout(timer);
      this.#leftMs -= clock() - began;
    }
  }

  async #read(address: string, signal: AbortSignal): Promise<PictureReading> {
    const { maxBytes, from } = this.#options;
    if (!isData(address)) return downloadPicture(address, { maxBytes, from, signal });
    const bytes = this.#data.bytesOf(address);
    return bytes === undefined ? { ok: false, reason: "too_large" } : pictureFile(bytes, maxBytes);
  }

  /** One line for each picture that becomes a link, without its address: that is content. */
  #failed(facts: Readonly<Record<string, unknown>>): undefined {
    this.#around.log.warn("picture_not_sent", facts);
  }
}

function isData(address: string): boolean {
  return address.startsWith("data:image/");
}
