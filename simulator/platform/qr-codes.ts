/**
 * QR codes with scenes, of one account.
 *
 * @see https://developers.weixin.qq.com/doc/service/api/qrcode/qrcodes/api_createqrcode
 */
import type { PlatformContext } from "./platform-context.ts";
import { newCodeUrl, ticketOf } from "./qr-ticket.ts";

/** The kinds of codes: temporary or permanent, with a number or a text as scene. */
export const ACTION_NAMES = ["QR_SCENE", "QR_STR_SCENE", "QR_LIMIT_SCENE", "QR_LIMIT_STR_SCENE"] as const;
export type ActionName = (typeof ACTION_NAMES)[number];

/** A code that was created. */
export interface QrCode {
  readonly ticket: string;
  /** As pushes carry it in `EventKey`. */
  readonly scene: string;
  readonly actionName: ActionName;
  /** What the picture says. */
  readonly url: string;
  /** Milliseconds since the epoch; unset for codes that stay. */
  readonly expiresAt?: number;
}

/** What a code is created with. */
export interface NewQrCode {
  readonly actionName: ActionName;
  readonly scene: string;
  /** Unset for codes that stay. */
  readonly expireSeconds?: number | undefined;
}

/** Permanent codes that an account may have. */
const MAX_PERMANENT_CODES = 100_000;
const MAX_TEMPORARY_CODES = 10_000;

/** The codes of one account; of temporary ones the oldest are forgotten first. */
export class QrCodes {
  readonly #now: () => number;
  readonly #changed: () => void;
  /** By ticket, in the order in which they were created. */
  readonly #codes = new Map<string, QrCode>();
  /** By kind and scene: a permanent code that is asked for again is the same one. */
  readonly #permanent = new Map<string, QrCode>();

  constructor({ now, changed }: Pick<PlatformContext, "now" | "changed">) {
    this.#now = now;
    this.#changed = () => changed();
  }

  /** @returns `undefined` when the account has all permanent codes that it may have */
  create({ actionName, scene, expireSeconds }: NewQrCode): QrCode | undefined {
    const now = this.#now();
    const newCode = (lifetime: number): QrCode => {
      const url = newCodeUrl();
      return { ticket: ticketOf(url, now, lifetime), scene, actionName, url };
    };
    if (expireSeconds !== undefined) {
      return this.#add({ ...newCode(expireSeconds), expiresAt: now + expireSeconds * 1_000 });
    }
    const key = `${actionName} ${scene}`;
    const present = this.#permanent.get(key);
    if (present !== undefined) return present;
    if (this.#permanent.size >= MAX_PERMANENT_CODES) return undefined;
    const code = newCode(0);
    this.#permanent.set(key, code);
    return this.#add(code);
  }

  /** The code of a ticket, unless it has expired. */
  find(ticket: string): QrCode | undefined {
    const code = this.#codes.get(ticket);
    return code !== undefined && this.#isAlive(code) ? code : undefined;
  }

  /** Codes that have not expired, newest first. */
  list(): readonly QrCode[] {
    return [...this.#codes.values()].filter((code) => this.#isAlive(code)).reverse();
  }

  #isAlive({ expiresAt = Infinity }: QrCode): boolean {
    return this.#now() < expiresAt;
  }

  #add(code: QrCode): QrCode {
    this.#codes.set(code.ticket, code);
    for (const { ticket, expiresAt } of this.#codes.values()) {
      if (this.#codes.size - this.#permanent.size <= MAX_TEMPORARY_CODES) break;
      if (expiresAt !== undefined) this.#codes.delete(ticket);
    }
    this.#changed();
    return code;
  }
}
