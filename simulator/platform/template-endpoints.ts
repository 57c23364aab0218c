/**
 * Template messages.
 *
 * @see https://developers.weixin.qq.com/doc/service/api/notify/template/api_sendtemplatemessage.html
 * @see https://developers.weixin.qq.com/doc/offiaccount/Message_Management/Template_Message_Interface.html
 */
import { createPush } from "../create-push.ts";
import {
  type ApiCall,
  type ApiEndpoint,
  ApiFailure,
  type JsonObject,
  jsonOf,
  listIn,
  objectIn,
  OK,
  textIn,
} from "./endpoint.ts";
import { newNoticeId, shownNotice } from "./notices.ts";
import { recipientOf } from "./recipient.ts";
import { MAX_TEMPLATES, newTemplateId } from "./templates.ts";

function addTemplate(call: ApiCall): JsonObject {
  const json = jsonOf(call);
  const { templates } = call.platform;
  const shortId = textIn(json, "template_id_short") ?? "";
  if (shortId === "") throw new ApiFailure(40037);
  if (templates.all().length >= MAX_TEMPLATES) throw new ApiFailure(45026);
  const names = (listIn(json, "keyword_name_list") ?? []).filter((name) => typeof name === "string");
  const labels = names.length === 0 ? ["内容"] : names;
  const lines = labels.map((label, index) => `${label}：{{thing${index + 1}.DATA}}\n`);
  const template_id = newTemplateId();
  templates.add({
    template_id,
    title: `模板 ${shortId}`,
    primary_industry: "",
    deputy_industry: "",
    content: lines.join(""),
    example: "",
  });
  return { ...OK, template_id };
}

function deleteTemplate(call: ApiCall): JsonObject {
  const id = textIn(jsonOf(call), "template_id") ?? "";
  if (!call.platform.templates.remove(id)) throw new ApiFailure(40037);
  return OK;
}

/** Whether it arrived, the account is told by a push. */
function sendTemplateMessage(call: ApiCall): JsonObject {
  const json = jsonOf(call);
  const { platform, id: callId, now } = call;
  const phone = recipientOf(call, textIn(json, "touser"));
  const template = platform.templates.find(textIn(json, "template_id") ?? "");
  if (template === undefined) throw new ApiFailure(40037);
  if (objectIn(json, "data") === undefined) throw new ApiFailure(47001);
  if (!phone.following) throw new ApiFailure(43004);
  const { openid } = phone;
  const clientId = textIn(json, "client_msg_id");
  const before = clientId === undefined ? undefined : platform.templates.sentBefore(openid, clientId, now);
  if (before !== undefined) return { ...OK, msgid: before };
  const msgid = newNoticeId(now);
  if (clientId !== undefined) platform.templates.noteSent(openid, clientId, { id: msgid, at: now });
  const { title, content } = template;
  const reply = shownNotice({ type: "template", title, content, json });
  phone.show({ at: now, from: "account", call: callId, via: "template", reply });
  const fields = { FromUserName: openid, MsgID: String(msgid), Status: "success" };
  platform.push(createPush("event:TEMPLATESENDJOBFINISH", fields, { now: () => now }));
  return { ...OK, msgid };
}

export const TEMPLATE_ENDPOINTS: readonly ApiEndpoint[] = [
  {
    method: "GET",
    path: "/cgi-bin/template/get_all_private_template",
    right: "templates",
    access: "token",
    handle: ({ platform }) => ({ template_list: platform.templates.all() }),
  },
  {
    method: "POST",
    path: "/cgi-bin/template/api_add_template",
    right: "templates",
    access: "token",
    handle: addTemplate,
  },
  {
    method: "POST",
    path: "/cgi-bin/template/del_private_template",
    right: "templates",
    access: "token",
    handle: deleteTemplate,
  },
  {
    method: "POST",
    path: "/cgi-bin/message/template/send",
    right: "templates",
    access: "token",
    dailyLimit: 100_000,
    handle: sendTemplateMessage,
  },
];
