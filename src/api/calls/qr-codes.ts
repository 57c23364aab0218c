/**
 * QR codes that carry a scene: whoever scans one comes with it, as a `subscribe` or `SCAN` event.
 *
 * @see https://developers.weixin.qq.com/doc/service/api/qrcode/qrcodes/api_createqrcode
 */
import { ApiInputError } from "../../errors.ts";
import type { ApiCaller } from "../request/caller.ts";

/** A code for ever. */
export interface QrCode {
  /** For `imageUrl`. */
  readonly ticket: string;
  /** What the picture says, for pictures of one's own. */
  readonly url: string;
}

/** A code for some time. */
export interface TemporaryQrCode extends QrCode {
  /** How long it works. */
  readonly expire_seconds: number;
}

const CREATE_PATH = "/cgi-bin/qrcode/create";
const SHOW_PATH = "/cgi-bin/showqrcode";
const WECHAT_WEB_BASE = "https://mp.weixin.qq.com";

const MAX_EXPIRE_SECONDS = 2_592_000;
const MAX_TEMPORARY_SCENE = 0xffff_ffff;
const MAX_PERMANENT_SCENE = 100_000;
const MAX_SCENE_CHARACTERS = 64;

/** Calls of `/cgi-bin/qrcode`. */
export class QrCodes {
  readonly #caller: ApiCaller;

  constructor(caller: ApiCaller) {
    this.#caller = caller;
  }

  /**
   * Makes a code that works for some time; there may be many. A call without an answer is repeated: a code that nobody
   * sees does no harm.
   *
   * @param scene a number from 1 to 4,294,967,295, or a text of 1 to 64 characters
   * @param expireSeconds 1 to 2,592,000 (30 days)
   * @throws {ApiInputError} when one of them is outside of its limits
   * @throws {ApiError} as every call does
   * @see https://developers.weixin.qq.com/doc/service/api/qrcode/qrcodes/api_createqrcode
   */
  async createTemporary(scene: number | string, expireSeconds: number): Promise<TemporaryQrCode> {
    if (!Number.isInteger(expireSeconds) || expireSeconds < 1 || expireSeconds > MAX_EXPIRE_SECONDS) {
      throw new ApiInputError(
        `A temporary code lives 1 to ${MAX_EXPIRE_SECONDS} whole seconds, not ${expireSeconds}.`,
      );
    }
    const action = actionOf(scene, ["QR_SCENE", "QR_STR_SCENE"], MAX_TEMPORARY_SCENE);
    const { ticket, url, expire_seconds } = await this.#caller.call<TemporaryQrCode>("POST", CREATE_PATH, {
      body: { expire_seconds: expireSeconds, ...action },
      idempotent: true,
    });
    return { ticket, expire_seconds, url };
  }

  /**
   * Makes a code that works for ever: an account may have 100,000. A call without an answer is not repeated.
   *
   * @param scene a number from 1 to 100,000, or a text of 1 to 64 characters
   * @throws {ApiInputError} when the scene is outside of its limits
   * @throws {ApiError} 45029 when the account has all its codes; and as every call does
   * @see https://developers.weixin.qq.com/doc/service/api/qrcode/qrcodes/api_createqrcode
   */
  async createPermanent(scene: number | string): Promise<QrCode> {
    const { ticket, url } = await this.#caller.call<QrCode>("POST", CREATE_PATH, {
      body: actionOf(scene, ["QR_LIMIT_SCENE", "QR_LIMIT_STR_SCENE"], MAX_PERMANENT_SCENE),
    });
    return { ticket, url };
  }

  /**
   * The address of a code's picture. Anybody may open it; no call is made.
   *
   * @throws {ApiInputError} when the ticket is empty
   */
  imageUrl(ticket: string): string {
    if (ticket === "") throw new ApiInputError("The ticket is empty.");
    const { webBase = WECHAT_WEB_BASE } = this.#caller.account;
    return `${webBase}${SHOW_PATH}?ticket=${encodeURIComponent(ticket)}`;
  }
}

/** The part of the body that says what the code carries. */
function actionOf(
  scene: number | string,
  [byNumber, byText]: readonly [string, string],
  most: number,
): object {
  if (typeof scene === "string") {
    const characters = Array.from(scene).length;
    if (characters >= 1 && characters <= MAX_SCENE_CHARACTERS) {
      return { action_name: byText, action_info: { scene: { scene_str: scene } } };
    }
    throw new ApiInputError(
      `A scene in words has 1 to ${MAX_SCENE_CHARACTERS} characters; this one has ${characters}.`,
    );
  }
  if (Number.isInteger(scene) && scene >= 1 && scene <= most) {
    return { action_name: byNumber, action_info: { scene: { scene_id: scene } } };
  }
  throw new ApiInputError(`A scene by number is a whole number from 1 to ${most}; ${scene} is none.`);
}
