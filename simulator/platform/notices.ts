/** Notices made of a template: how values get into it, and how the phone shows it. */
import type { ReplyField, ShownReply } from "../exchange.ts";
import { isJsonObject, type JsonObject, objectIn, textIn } from "./endpoint.ts";

/** A line such as `支付金额：{{amount2.DATA}}`; the label may be missing. */
const LINE = /^(.*?)[:：]?\s*\{\{(\w+)\.DATA\}\}\s*$/;

/** A place of a template: the label before it, and the name that its value is given by. */
export interface TemplateField {
  readonly name: string;
  readonly label: string;
}

/** The places of a template's text, from top to bottom. */
export function fieldsOf(content: string): readonly TemplateField[] {
  return content.split("\n").flatMap((line) => {
    const [, label = "", name = ""] = LINE.exec(line) ?? [];
    return name === "" ? [] : [{ name, label }];
  });
}

/** The value that `data` has for a place; numbers count as their digits. */
export function valueIn(data: JsonObject, name: string): string | undefined {
  const given = objectIn(data, name);
  const value = given?.["value"];
  return typeof value === "number" ? String(value) : typeof value === "string" ? value : undefined;
}

/** What a notice is made of. */
export interface Notice {
  readonly type: "template" | "subscribe";
  readonly title: string;
  readonly content: string;
  /** The call's body: `template_id`, `data`, and where a tap leads. */
  readonly json: JsonObject;
}

/** The notice as the phone shows it. */
export function shownNotice({ type, title, content, json }: Notice): ShownReply {
  const data = objectIn(json, "data") ?? {};
  const miniprogram = objectIn(json, "miniprogram");
  const appId = miniprogram === undefined ? undefined : textIn(miniprogram, "appid");
  const url = textIn(json, "url") ?? textIn(json, "page");
  const item: ReplyField[] = fieldsOf(content).map(({ name, label }) => {
    const color = colorIn(data[name]);
    return { name: label, value: valueIn(data, name) ?? "", ...(color === undefined ? {} : { color }) };
  });
  return {
    MsgType: type,
    fields: {
      title,
      template_id: textIn(json, "template_id") ?? "",
      ...(url === undefined || url === "" ? {} : { url }),
      ...(appId === undefined ? {} : { miniprogram_appid: appId }),
      rows: { item },
    },
  };
}

function colorIn(given: unknown): string | undefined {
  return isJsonObject(given) ? textIn(given, "color") : undefined;
}

let lastId = 0;

/** Ids of notices: whole numbers that grow, and that JSON can carry. */
export function newNoticeId(now: number): number {
  lastId = Math.max(lastId + 1, now);
  return lastId;
}
