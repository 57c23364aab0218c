/** What a person does with a phone, and the push that WeChat makes of it. */
import type { AnyPush } from "../src/protocol/pushes/wire.ts";
import { ACCOUNT_CAN, type Mode, MODES, type SimulatedAccount } from "./account.ts";
import { createPush, type FieldChanges } from "./create-push.ts";
import { nestedFields } from "./fields.ts";
import { type MediaStore, newMediaId, readPicture, SAMPLE_MEDIA } from "./media.ts";
import type { Phone } from "./phones.ts";
import { type ActionName, ACTIONS } from "./timeline.ts";

/** Something that cannot be done: why, for a person, and the HTTP status that says whose fault it is. */
export class Impossible extends Error {
  override readonly name = "Impossible";
  readonly status: 400 | 409;

  constructor(en: string, zh: string, status: 400 | 409 = 400) {
    super(`${en} · ${zh}`);
    this.status = status;
  }
}

/** Where an action happens. */
export interface Scene {
  readonly account: SimulatedAccount;
  readonly openid: string;
  readonly phone: Phone;
  readonly media: MediaStore;
  /** Where the simulator's own pictures are served. */
  readonly origin: string;
  readonly now: () => number;
}

/** An action that can be done. */
export interface Deed {
  readonly action: ActionName;
  readonly push: AnyPush;
  /** Whether the user follows afterwards. */
  readonly following: boolean;
  /** The mode to send it in, other than the account's own. */
  readonly mode: Mode | undefined;
}

/**
 * Reads what was asked for.
 *
 * @param body as it came: anything at all
 * @throws {Impossible} when it makes no sense, or not for this account and user
 */
export function readDeed(body: unknown, scene: Scene): Deed {
  if (typeof body !== "object" || body === null || Array.isArray(body)) {
    throw new Impossible("send a JSON object", "请发送 JSON 对象");
  }
  const input = new Input(body);
  const action = ACTIONS.find((name) => name === input.value("action"));
  if (action === undefined) {
    throw new Impossible(
      `action must be one of ${ACTIONS.join(", ")}`,
      `action 只能是 ${ACTIONS.join("、")}`,
    );
  }
  const mode = MODES.find((name) => name === input.value("mode"));
  if (mode === undefined && input.value("mode") !== undefined) {
    throw new Impossible(`mode must be one of ${MODES.join(", ")}`, `mode 只能是 ${MODES.join("、")}`);
  }
  const { phone, account } = scene;
  if (!phone.following && action !== "follow" && action !== "scan" && action !== "event") {
    throw new Impossible("this user does not follow the account", "该用户没有关注公众号", 409);
  }
  if (action === "follow" && phone.following) {
    throw new Impossible("this user follows the account already", "该用户已经关注了公众号", 409);
  }
  const can = ACCOUNT_CAN[account.kind];
  if ((action === "click" || action === "view") && !can.menu) throw withoutMenu(account);
  if (action === "scan" && !can.qr) throw withoutQr(account);
  const [selector, fields, variant] = DEEDS[action](input, scene);
  const { now, openid } = scene;
  const push = createPush(selector, { FromUserName: openid, ...fields }, { now, variant });
  const { Event } = push;
  const following = Event === "subscribe" || (phone.following && Event !== "unsubscribe");
  return { action, push, following, mode };
}

type Made = readonly [selector: string, fields: FieldChanges, variant?: string];

const DEEDS: Readonly<Record<ActionName, (input: Input, scene: Scene) => Made>> = {
  text: (input) => ["text", { Content: input.text("Content") }],
  image: (input, scene) => {
    const { media, origin } = scene;
    const source = input.optional("PicUrl") ?? `${origin}/media/${SAMPLE_MEDIA}`;
    const picture = readPicture(source);
    if (picture === undefined) {
      throw new Impossible(
        "PicUrl must be an http(s) address, or a data: URL of a PNG, JPEG, GIF or WebP up to 5 MB",
        "PicUrl 必须是 http(s) 地址，或不超过 5 MB 的 PNG、JPEG、GIF、WebP 的 data: URL",
      );
    }
    const MediaId = media.keep(picture, input.optional("MediaId"));
    const PicUrl = picture.kind === "address" ? picture.url : `${origin}/media/${MediaId}`;
    return ["image", { PicUrl, MediaId }];
  },
  voice: (input) => ["voice", { MediaId: newMediaId(), Recognition: input.optional("Recognition") }],
  location: (input) => [
    "location",
    {
      Location_X: input.degrees("Location_X", 90),
      Location_Y: input.degrees("Location_Y", 180),
      Scale: input.optional("Scale") ?? "15",
      Label: input.optional("Label") ?? "",
    },
  ],
  click: (input) => ["event:CLICK", { EventKey: input.text("EventKey") }],
  view: (input) => ["event:VIEW", { EventKey: input.text("EventKey") }],
  follow: () => ["event:subscribe", {}],
  unfollow: () => ["event:unsubscribe", {}],
  scan: (input, { phone }) => {
    const scene = input.text("scene");
    return phone.following
      ? ["event:SCAN", { EventKey: scene }]
      : ["event:subscribe", { EventKey: `qrscene_${scene}` }, "qr-scene"];
  },
  event: (input) => [`event:${input.text("Event")}`, input.fields()],
};

function withoutMenu({ kind }: SimulatedAccount): Impossible {
  return new Impossible(
    `an account of kind ${kind} has no menu while a callback URL is set (WECHAT_ACCOUNT_KIND)`,
    `${kind} 类型的公众号启用服务器配置后没有菜单（WECHAT_ACCOUNT_KIND）`,
  );
}

function withoutQr({ kind }: SimulatedAccount): Impossible {
  return new Impossible(
    `an account of kind ${kind} has no QR codes with scenes (WECHAT_ACCOUNT_KIND)`,
    `${kind} 类型的公众号没有带参数二维码（WECHAT_ACCOUNT_KIND）`,
  );
}

/** Whether `text` is a number of degrees from `-limit` to `limit`. */
export function isDegrees(text: string, limit: number): boolean {
  return /^-?\d{1,3}(?:\.\d+)?$/.test(text) && Math.abs(Number(text)) <= limit;
}

/** The longest text that a person can send. */
const MAX_CHARACTERS = 10_000;
/** A picture as a `data:` URL is longer. */
const MAX_PICTURE_CHARACTERS = 7_000_000;

/** The members of a JSON object, checked as they are asked for. */
class Input {
  readonly #body: object;

  constructor(body: object) {
    this.#body = body;
  }

  value(name: string): unknown {
    return Object.hasOwn(this.#body, name) ? Reflect.get(this.#body, name) : undefined;
  }

  /** A text that may be missing. Numbers count as their digits. */
  optional(name: string): string | undefined {
    const value = this.value(name);
    if (value === undefined || value === "") return undefined;
    const text = typeof value === "number" ? String(value) : value;
    const most = name === "PicUrl" ? MAX_PICTURE_CHARACTERS : MAX_CHARACTERS;
    if (typeof text === "string" && text.length <= most) return text;
    throw new Impossible(
      `${name} must be a text of at most ${most} characters`,
      `${name} 必须是不超过 ${most} 个字符的文本`,
    );
  }

  /** A text that must be there. */
  text(name: string): string {
    const text = this.optional(name);
    if (text === undefined) throw new Impossible(`${name} is missing`, `缺少 ${name}`);
    return text;
  }

  /** Degrees from `-limit` to `limit`. */
  degrees(name: string, limit: number): string {
    const text = this.text(name);
    if (isDegrees(text, limit)) return text;
    throw new Impossible(
      `${name} must be a number from -${limit} to ${limit}`,
      `${name} 必须是 -${limit} 到 ${limit} 的数字`,
    );
  }

  /** The fields of an event: by their names, nested or with dots. */
  fields(): FieldChanges {
    const fields = nestedFields(this.value("fields") ?? {});
    if (fields === undefined) {
      throw new Impossible(
        "fields must be an object of texts, objects and lists, by names of elements",
        "fields 必须是由文本、对象、列表组成的对象，键名须是元素名",
      );
    }
    return fields;
  }
}
