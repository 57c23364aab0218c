/** What a person does with a phone, and the push that WeChat makes of it. */
import type { AnyPush } from "../src/protocol/pushes/wire.ts";
import { type Mode, MODES, type SimulatedAccount } from "./account.ts";
import { createPush, type FieldChanges } from "./create-push.ts";
import { nestedFields } from "./fields.ts";
import { Impossible } from "./impossible.ts";
import { readPicture, SAMPLE_MEDIA } from "./media.ts";
import type { Phone } from "./phones.ts";
import type { PlatformAccount } from "./platform/platform-account.ts";
import { type ActionName, ACTIONS } from "./timeline.ts";

/** Where an action happens. */
export interface Scene {
  readonly platform: PlatformAccount;
  readonly phone: Phone;
  /** Where the simulator's own pictures are served. */
  readonly origin: string;
  readonly now: () => number;
}

/** An action that can be done. */
export interface Deed {
  readonly action: ActionName;
  readonly push: AnyPush;
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
  const { phone, platform } = scene;
  if (!phone.following && action !== "follow" && action !== "scan" && action !== "event") {
    throw new Impossible("this user does not follow the account", "该用户没有关注公众号", 409);
  }
  if (platform.blacklist.has(phone.openid)) throw unheard();
  if (action === "follow" && phone.following) {
    throw new Impossible("this user follows the account already", "该用户已经关注了公众号", 409);
  }
  if (MENU_ACTIONS.has(action) && !platform.has("menu")) throw withoutMenu(platform.account);
  if (action === "scan" && !platform.has("qr")) throw withoutQr(platform.account);
  const [selector, fields, variant] = DEEDS[action](input, scene);
  const { now } = scene;
  const push = createPush(selector, { FromUserName: phone.openid, ...fields }, { now, variant });
  return { action, push, mode };
}

/** Taps on the menu. */
const MENU_ACTIONS: ReadonlySet<ActionName> = new Set([
  "click",
  "view",
  "scancode_push",
  "scancode_waitmsg",
  "pic_sysphoto",
  "pic_photo_or_album",
  "pic_weixin",
  "location_select",
  "view_miniprogram",
]);

type Made = readonly [selector: string, fields: FieldChanges, variant?: string];

const DEEDS: Readonly<Record<ActionName, (input: Input, scene: Scene) => Made>> = {
  text: (input) => ["text", { Content: input.text("Content") }],
  image: (input, scene) => {
    const { platform, origin } = scene;
    const { media } = platform;
    const source = input.optional("PicUrl");
    const picture = source === undefined ? media.shown(SAMPLE_MEDIA) : readPicture(source);
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
  voice: (input, { platform }) => {
    const MediaId = platform.media.keepVoice();
    return ["voice", { MediaId, Recognition: input.optional("Recognition") }];
  },
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
  scancode_push: (input) => scannedByMenu("scancode_push", input),
  scancode_waitmsg: (input) => scannedByMenu("scancode_waitmsg", input),
  pic_sysphoto: (input) => ["event:pic_sysphoto", { EventKey: input.text("EventKey") }],
  pic_photo_or_album: (input) => ["event:pic_photo_or_album", { EventKey: input.text("EventKey") }],
  pic_weixin: (input) => ["event:pic_weixin", { EventKey: input.text("EventKey") }],
  location_select: (input) => ["event:location_select", { EventKey: input.text("EventKey") }],
  view_miniprogram: (input) => ["event:view_miniprogram", { EventKey: input.text("EventKey") }],
  "menu-choice": (input) => [
    "text",
    { Content: input.text("content"), bizmsgmenuid: input.text("id") },
    "msgmenu-choice",
  ],
  follow: () => ["event:subscribe", {}],
  unfollow: () => ["event:unsubscribe", {}],
  scan: (input, { phone, platform }) => {
    const ticket = input.optional("ticket");
    const scene = ticket === undefined ? input.text("scene") : sceneOf(ticket, platform);
    const Ticket = ticket === undefined ? {} : { Ticket: ticket };
    return phone.following
      ? ["event:SCAN", { EventKey: scene, ...Ticket }]
      : ["event:subscribe", { EventKey: `qrscene_${scene}`, ...Ticket }, "qr-scene"];
  },
  event: (input) => [`event:${input.text("Event")}`, input.fields()],
};

/** A code that the menu made the user scan. */
function scannedByMenu(event: string, input: Input): Made {
  const EventKey = input.text("EventKey");
  const ScanResult = input.optional("ScanResult");
  const scanned = ScanResult === undefined ? {} : { ScanCodeInfo: { ScanType: "qrcode", ScanResult } };
  return [`event:${event}`, { EventKey, ...scanned }];
}

function sceneOf(ticket: string, platform: PlatformAccount): string {
  const code = platform.qrCodes.find(ticket);
  if (code !== undefined) return code.scene;
  throw new Impossible(
    "no code has this ticket, or it has expired",
    "没有这个 ticket 的二维码，或者二维码已过期",
  );
}

function unheard(): Impossible {
  return new Impossible(
    "this user is on the account's blacklist: WeChat does not deliver what they do",
    "该用户在公众号的黑名单里，微信不会推送其操作",
    409,
  );
}

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
