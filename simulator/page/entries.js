// @ts-check
/** One line of the phone, from what the simulator tells about it. */
/** @import { TimelineEntry } from "../timeline.ts" */
import {
  locationBubble,
  mediaAddress,
  message,
  pictureBubble,
  replyBubble,
  systemLine,
  voiceBubble,
} from "./bubbles.js";
import { h } from "./dom.js";
import { inOneLanguage, t } from "./language.js";
import { webAddress } from "./rich-text.js";

/**
 * @typedef {object} Surroundings
 * @property {(key: string) => string} menuName what stands on the menu button of that key
 * @property {(exchange: string, fault: string) => void} explain tells why WeChat says that the account is out of order
 */

/**
 * @param {TimelineEntry} entry
 * @param {Surroundings} surroundings
 * @returns {HTMLLIElement}
 */
export function entryView(entry, { menuName, explain }) {
  switch (entry.from) {
    case "user":
      return userEntry(entry, menuName);
    case "account":
      return replyBubble(entry.reply);
    case "system": {
      const why = h("button", { type: "button", title: inOneLanguage(entry.fault) }, t("why"));
      why.addEventListener("click", () => explain(entry.exchange, entry.fault));
      return systemLine(entry.text, why);
    }
  }
}

/**
 * @param {Extract<TimelineEntry, { from: "user" }>} entry
 * @param {Surroundings["menuName"]} menuName
 */
function userEntry({ action, push }, menuName) {
  const field = (/** @type {string} */ name) => {
    const value = push[name];
    return typeof value === "string" ? value : "";
  };
  switch (action) {
    case "text":
      // Nothing of a user's own text is a link or markup.
      return message("user", h("div", { class: "bubble text" }, field("Content")));
    case "image":
      return message("user", pictureBubble(field("PicUrl") || mediaAddress(field("MediaId"))));
    case "voice":
      return message("user", voiceBubble(field("Recognition")));
    case "location":
      return message(
        "user",
        locationBubble(field("Label"), `${field("Location_X")}, ${field("Location_Y")}`),
      );
    case "click":
      return systemLine(t("did.click", { name: menuName(field("EventKey")) }));
    case "view": {
      const address = webAddress(field("EventKey"));
      const link =
        address === undefined
          ? undefined
          : h("a", { href: address, target: "_blank", rel: "noopener noreferrer" }, address);
      return systemLine(t("did.view"), link);
    }
    case "follow":
      return systemLine(t("did.follow"));
    case "unfollow":
      return systemLine(t("did.unfollow"));
    case "scan":
      return systemLine(t("did.scan", { scene: field("EventKey").replace(/^qrscene_/, "") }));
    case "event":
      return systemLine(t("did.event", { event: field("Event") || field("MsgType") }));
  }
}
