// @ts-check
/** The controls of the phone: input row, panels, menu, and the page of the account. */
/** @import { MenuButton } from "../timeline.ts" */
/** @import { Phone } from "./phone.js" */
import { byId, h } from "./dom.js";
import { EVENT, SCAN, VOICE } from "./forms.js";
import { inEveryLanguage, named, t } from "./language.js";
import { createMenu } from "./menu.js";
import { readCodes } from "./platform.js";
import { webAddress } from "./rich-text.js";
import { createSheets } from "./sheets.js";

/**
 * Gives the controls of index.html their meaning.
 *
 * @param {Phone} phone
 * @param {() => void} becomeAnother makes the phone a new user's
 * @returns {() => void} shows the state of the phone in them
 */
export function createControls(phone, becomeAnother) {
  const sheets = createSheets(byId("sheet", HTMLDivElement), {
    send: (action) => void phone.act(action),
    codes: async () => (await readCodes(phone.account.id)).codes,
    whyNot: (form) => {
      if (form === SCAN && !phone.account.can.qr) return t("noQr", { kind: kindOf(phone) });
      return phone.following || form === SCAN || form === EVENT ? undefined : t("notFollowing");
    },
  });
  wireInput(phone, sheets);

  const follow = byId("follow", HTMLButtonElement);
  follow.addEventListener("click", () => void phone.act({ action: "follow" }));

  const profile = byId("profile", HTMLButtonElement);
  profile.addEventListener("click", () => {
    if (profile.getAttribute("aria-expanded") === "true") return sheets.close();
    sheets.show(profilePage(phone, sheets.close, becomeAnother), profile, t("profile"));
  });

  const bar = byId("menu", HTMLElement);
  const menu = createMenu(bar, (button) => tap(phone, button));
  const name = byId("name", HTMLHeadingElement);
  const text = byId("text", HTMLTextAreaElement);
  const voice = byId("voice", HTMLButtonElement);
  const unfollowed = byId("unfollowed", HTMLDivElement);
  const show = () => {
    const { account, following } = phone;
    name.textContent = phone.isTyping ? t("typing") : nameOf(phone);
    byId("facts", HTMLSpanElement).textContent = kindOf(phone);
    unfollowed.hidden = following;
    for (const control of [text, voice]) control.disabled = !following;
    menu.show(phone.menu);
    menu.enable(following);
    bar.hidden = !account.can.menu || phone.menu.length === 0;
    sheets.refresh();
  };
  inEveryLanguage(() => {
    sheets.close();
    show();
  });
  return show;
}

/** @param {Phone} phone */
function nameOf({ account }) {
  return account.id === "default" ? t("defaultAccount") : account.id;
}

/** @param {Phone} phone */
function kindOf(phone) {
  return named("kind", phone.account.kind);
}

/**
 * The row with the text field.
 *
 * @param {Phone} phone
 * @param {import("./sheets.js").Sheets} sheets
 */
function wireInput(phone, sheets) {
  const composer = byId("composer", HTMLFormElement);
  const field = byId("text", HTMLTextAreaElement);
  const send = byId("send", HTMLButtonElement);
  const more = byId("more", HTMLButtonElement);
  const voice = byId("voice", HTMLButtonElement);

  const showButtons = () => {
    const written = field.value !== "";
    send.hidden = !written;
    more.hidden = written;
  };
  field.addEventListener("input", showButtons);
  field.addEventListener("focus", () => sheets.close());
  field.addEventListener("keydown", (event) => {
    // While a Chinese input method composes, Enter chooses a candidate.
    if (event.key !== "Enter" || event.shiftKey || event.isComposing) return;
    event.preventDefault();
    composer.requestSubmit();
  });
  composer.addEventListener("submit", (event) => {
    event.preventDefault();
    const Content = field.value;
    if (Content === "") return;
    field.value = "";
    showButtons();
    field.focus();
    void phone.act({ action: "text", Content });
  });
  more.addEventListener("click", () => sheets.tiles(more));
  voice.addEventListener("click", () => sheets.form(VOICE, voice));
}

/**
 * What a button of the menu does.
 *
 * @see https://developers.weixin.qq.com/doc/service/api/custommenu/api_createcustommenu
 * @param {Phone} phone
 * @param {MenuButton} button
 */
function tap(phone, { type = "", key = "", url = "", pagepath = "", media_id, article_id }) {
  switch (type) {
    case "view": {
      const address = webAddress(url);
      if (address !== undefined) window.open(address, "_blank", "noopener,noreferrer");
      void phone.act({ action: "view", EventKey: url });
      return;
    }
    case "miniprogram":
      void phone.act({ action: "view_miniprogram", EventKey: pagepath });
      return;
    case "media_id":
    case "article_id":
      phone.note(t("menuSends", { type, id: media_id ?? article_id ?? "" }));
      return;
    case "view_limited":
    case "article_view_limited":
      phone.note(t("menuOpens", { type, id: media_id ?? article_id ?? "" }));
      return;
    default:
      void phone.act({ action: type, EventKey: key });
  }
}

/**
 * Who the two are, and what binds them.
 *
 * @param {Phone} phone
 * @param {() => void} close
 * @param {() => void} becomeAnother
 */
function profilePage(phone, close, becomeAnother) {
  const { account, following, openid } = phone;
  const follow = h(
    "button",
    { class: following ? "plain" : "primary", type: "button" },
    t(following ? "unfollow" : "follow"),
  );
  follow.addEventListener("click", () => {
    close();
    void phone.act({ action: following ? "unfollow" : "follow" });
  });
  const another = h("button", { class: "plain", type: "button" }, t("newUser"));
  another.addEventListener("click", () => {
    close();
    becomeAnother();
  });
  return h(
    "div",
    { class: "profile" },
    h(
      "dl",
      {},
      ...fact(t("account"), account.id),
      ...fact(t("kind"), kindOf(phone)),
      ...fact(t("mode"), named("mode", account.mode)),
      ...(phone.nickname === "" ? [] : fact(t("nickname"), phone.nickname)),
      ...fact("openid", openid),
    ),
    h("div", { class: "buttons" }, follow, another),
  );
}

/**
 * @param {string} name
 * @param {string} value
 */
function fact(name, value) {
  return [h("dt", {}, name), h("dd", {}, value)];
}
