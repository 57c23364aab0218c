// @ts-check
/** The page of web login: goes on at once for `snsapi_base`, asks for `snsapi_userinfo`. */
import { call } from "./api.js";
import { byId, h } from "./dom.js";
import { inOneLanguage, locale } from "./language.js";
import { currentUser } from "./user.js";

/**
 * What is asked of the user.
 *
 * @typedef {{ account: string, scope: string, nickname: string, asks: boolean }} Question
 */

const TEXTS = {
  title: ["微信网页授权", "Log in with WeChat"],
  asks: ["申请获取你的昵称、头像", "asks for your name and picture"],
  as: ["以 {nickname} 的身份", "as {nickname}"],
  allow: ["允许", "Allow"],
  refuse: ["拒绝", "Refuse"],
  refused: ["你已拒绝授权，可以关闭此页面", "You refused; this page can be closed"],
  fragment: ["链接必须以 #wechat_redirect 结尾", "the link must end in #wechat_redirect"],
};

/**
 * @param {keyof typeof TEXTS} key
 * @param {string} [nickname]
 * @returns {string}
 */
function say(key, nickname = "") {
  const [zh = "", en = ""] = TEXTS[key];
  return (locale() === "en" ? en : zh).replace("{nickname}", nickname);
}

const FRAGMENT = "#wechat_redirect";
const place = byId("authorization", HTMLElement);
const openid = currentUser();
document.documentElement.lang = locale();
document.title = say("title");

/** @param {...Node} content */
function show(...content) {
  place.replaceChildren(...content);
}

/** @param {unknown} error */
function showFailure(error) {
  const message = error instanceof Error ? inOneLanguage(error.message) : String(error);
  show(h("h1", {}, say("title")), h("p", { class: "failed", role: "alert" }, message));
}

/** Takes the code to the page that asked. */
async function grant() {
  const asked = Object.fromEntries(new URLSearchParams(location.search));
  /** @type {{ location: string }} */
  const answer = await call("/api/oauth/authorize", { ...asked, openid });
  location.replace(answer.location);
}

/** @param {Question} question */
function ask({ account, nickname }) {
  const allow = h("button", { class: "allow", type: "button" }, say("allow"));
  const refuse = h("button", { type: "button" }, say("refuse"));
  allow.addEventListener("click", () => {
    allow.disabled = true;
    grant().catch(showFailure);
  });
  refuse.addEventListener("click", () => show(h("p", {}, say("refused"))));
  show(
    h("img", { src: "/media/sample", alt: "" }),
    h("h1", {}, account),
    h("p", {}, say("asks")),
    h("p", {}, say("as", nickname)),
    allow,
    refuse,
  );
}

async function start() {
  if (location.hash !== FRAGMENT) throw new Error(say("fragment"));
  const asked = location.search.replace("?", "&");
  /** @type {Question} */
  const question = await call(`/api/oauth/authorize?openid=${encodeURIComponent(openid)}${asked}`);
  if (question.asks) ask(question);
  else await grant();
}

start().catch(showFailure);
