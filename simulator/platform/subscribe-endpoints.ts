/**
 * Subscription notices, and the older one-time messages.
 *
 * @see https://developers.weixin.qq.com/doc/service/api/notify/notify/api_sendnewsubscribemsg.html
 * @see https://developers.weixin.qq.com/doc/service/api/notify/subscribe/api_templatesubscribe.html
 */
import { createPush } from "../create-push.ts";
import {
  type ApiCall,
  type ApiEndpoint,
  ApiFailure,
  charactersOf,
  type JsonObject,
  jsonOf,
  listIn,
  numberIn,
  objectIn,
  OK,
  textIn,
} from "./endpoint.ts";
import { fieldsOf, newNoticeId, shownNotice, valueIn } from "./notices.ts";
import { recipientOf } from "./recipient.ts";
import { ONE_TIME_TEMPLATE_ID } from "./subscriptions.ts";
import { newTemplateId } from "./templates.ts";

/** Characters that a value of a kind may have; a place is named by kind and number, such as `thing1`. */
const MAX_CHARACTERS: Readonly<Record<string, number>> = {
  thing: 20,
  number: 32,
  letter: 32,
  symbol: 5,
  character_string: 32,
  phone_number: 17,
  car_number: 8,
  name: 20,
  phrase: 5,
};
const MAX_ONE_TIME_TITLE = 15;
const MAX_ONE_TIME_CONTENT = 200;
const MAX_SCENE = 10_000;

function checkValues(content: string, data: JsonObject): void {
  for (const { name } of fieldsOf(content)) {
    const value = valueIn(data, name) ?? "";
    // WeChat's own spelling.
    if (value === "") throw new ApiFailure(47003, `argument invalid! data.${name}.value is emtpy`);
    const most = MAX_CHARACTERS[name.replace(/\d+$/, "")] ?? Infinity;
    if (charactersOf(value) > most)
      throw new ApiFailure(47003, `argument invalid! data.${name}.value invalid`);
  }
}

function sendNotice(call: ApiCall): JsonObject {
  const json = jsonOf(call);
  const { platform, id, now } = call;
  const phone = recipientOf(call, textIn(json, "touser"));
  const template = platform.subscriptions.find(textIn(json, "template_id") ?? "");
  if (template === undefined) throw new ApiFailure(40037);
  const { title, content, priTmplId } = template;
  checkValues(content, objectIn(json, "data") ?? {});
  if (!platform.subscriptions.use(phone.openid, template)) throw new ApiFailure(43101);
  const reply = shownNotice({ type: "subscribe", title, content, json });
  phone.show({ at: now, from: "account", call: id, via: "subscribe", reply });
  const sent = {
    TemplateId: priTmplId,
    MsgID: String(newNoticeId(now)),
    ErrorCode: "0",
    ErrorStatus: "success",
  };
  const fields = { FromUserName: phone.openid, SubscribeMsgSentEvent: { List: sent } };
  platform.push(createPush("event:subscribe_msg_sent_event", fields, { now: () => now }));
  return OK;
}

function sendOneTime(call: ApiCall): JsonObject {
  const json = jsonOf(call);
  const { platform, id, now } = call;
  const phone = recipientOf(call, textIn(json, "touser"));
  if (textIn(json, "template_id") !== ONE_TIME_TEMPLATE_ID) throw new ApiFailure(40037);
  const scene = textIn(json, "scene") ?? String(numberIn(json, "scene") ?? "");
  if (!/^\d{1,5}$/.test(scene) || Number(scene) > MAX_SCENE) throw new ApiFailure(40097);
  const title = textIn(json, "title") ?? "";
  if (title === "" || charactersOf(title) > MAX_ONE_TIME_TITLE) throw new ApiFailure(45003);
  const value = valueIn(objectIn(json, "data") ?? {}, "content") ?? "";
  if (value === "") throw new ApiFailure(44004);
  if (charactersOf(value) > MAX_ONE_TIME_CONTENT) throw new ApiFailure(45002);
  if (!platform.subscriptions.useScene(phone.openid, scene)) throw new ApiFailure(43101);
  const reply = shownNotice({ type: "subscribe", title, content: "{{content.DATA}}", json });
  phone.show({ at: now, from: "account", call: id, via: "subscribe", reply });
  return OK;
}

function addTemplate(call: ApiCall): JsonObject {
  const json = jsonOf(call);
  const tid = textIn(json, "tid") ?? String(numberIn(json, "tid") ?? "");
  const kinds = (listIn(json, "kidList") ?? []).filter((kid) => typeof kid === "number");
  if (tid === "") throw new ApiFailure(40097);
  if (kinds.length < 2 || kinds.length > 5) throw new ApiFailure(40097);
  const priTmplId = newTemplateId();
  const lines = kinds.map((kid) => `关键词 ${kid}:{{thing${kid}.DATA}}\n`);
  call.platform.subscriptions.add({
    priTmplId,
    title: `模板 ${tid}`,
    content: lines.join(""),
    example: "",
    type: 2,
  });
  return { ...OK, priTmplId };
}

function deleteTemplate(call: ApiCall): JsonObject {
  if (!call.platform.subscriptions.remove(textIn(jsonOf(call), "priTmplId") ?? "")) {
    throw new ApiFailure(40037);
  }
  return OK;
}

/** Subscription notices are for verified service accounts, one-time messages for verified accounts of both kinds. */
export const SUBSCRIBE_ENDPOINTS: readonly ApiEndpoint[] = [
  {
    method: "POST",
    path: "/cgi-bin/message/subscribe/bizsend",
    right: "templates",
    access: "token",
    handle: sendNotice,
  },
  {
    method: "POST",
    path: "/cgi-bin/message/template/subscribe",
    right: "subscribe",
    access: "token",
    handle: sendOneTime,
  },
  {
    method: "GET",
    path: "/wxaapi/newtmpl/gettemplate",
    right: "templates",
    access: "token",
    handle: ({ platform }) => ({ ...OK, data: platform.subscriptions.all() }),
  },
  {
    method: "POST",
    path: "/wxaapi/newtmpl/addtemplate",
    right: "templates",
    access: "token",
    handle: addTemplate,
  },
  {
    method: "POST",
    path: "/wxaapi/newtmpl/deltemplate",
    right: "templates",
    access: "token",
    handle: deleteTemplate,
  },
];
