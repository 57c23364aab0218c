/** Links as WeChat shows them in a text. */

/** White space, quotation marks and what would end the tag or the value. */
const UNSAFE_IN_HREF = /[\s"'<>`\\^{}|\p{Cc}]/gu;
/** What can be shown beside the words that lead to it. */
const SHOWN = /^(?:mailto:|tel:|sms:|ftp:)/i;

/**
 * A link with the words `label`, which are already text. WeChat makes links of `<a href>` in a text and knows no
 * escapes there: what would end the address early is percent-encoded, and angle brackets of the label become wide ones.
 * Only addresses of the web become links. Of an address for mail or a telephone the words and the address are left; of
 * any other, the words: one that WeChat itself gives a meaning (`weixin://`) is nothing a model may write.
 *
 * @see https://developers.weixin.qq.com/doc/service/api/customer/message/api_sendcustommessage
 */
export function link(label: string, address: string): string {
  const href = address.trim();
  const words = label.replace(/\s+/g, " ").trim();
  if (/^https?:\/\/[^\s/]/i.test(href)) {
    const safe = href.replace(UNSAFE_IN_HREF, (character) =>
      encodeURIComponent(character).replace("'", "%27"),
    );
    if (words === "" || sameAddress(words, href)) return safe;
    return `<a href="${safe}">${words.replaceAll("<", "＜").replaceAll(">", "＞")}</a>`;
  }
  if (!SHOWN.test(href)) return words;
  const shown = href.replace(/^(?:mailto|tel|sms):/i, "");
  return words === "" || words === shown ? shown : `${words} (${shown})`;
}

/** Whether the words are the address itself, which WeChat makes a link of by itself. */
function sameAddress(words: string, href: string): boolean {
  return bareAddress(words) === bareAddress(href) && /^https?:/i.test(words);
}

function bareAddress(address: string): string {
  return address.replace(/\/$/, "");
}
