/** A long text as a page: readable on a phone, by day and by night; no scripts, nothing from elsewhere. */
import { html, raw } from "hono/html";

/** What a page is made of. */
export interface TextPage {
  /** As WeChat would show it: plain, but for `<a href>`. */
  readonly text: string;
  /** Whether more of it is being written: then the page looks again by itself. */
  readonly isGrowing: boolean;
  /** Until when the link leads here, in Unix seconds. */
  readonly until: number;
}

const REFRESH_SECONDS = 3;

/** The one style sheet; the page's policy allows it by its digest. */
export const STYLE = `
:root { color-scheme: light dark; --ink: #1f2329; --paper: #fff; --quiet: #6b7280; --link: #2563eb; }
@media (prefers-color-scheme: dark) {
  :root { --ink: #e5e7eb; --paper: #16181c; --quiet: #9ca3af; --link: #7ab0ff; }
}
body { margin: 0; background: var(--paper); color: var(--ink); font: 17px/1.75 system-ui, -apple-system, "PingFang SC", "Noto Sans SC", sans-serif; }
main, footer { max-width: 42em; margin: 0 auto; padding: 1.25em 1.25em 0; }
main p { margin: 0; white-space: pre-wrap; overflow-wrap: anywhere; }
a { color: var(--link); }
footer { padding-bottom: 2.5em; color: var(--quiet); font-size: 13px; }
`;

const STYLE_ELEMENT = raw(`<style>${STYLE}</style>`);

/** A link, up to the next tag of the kind: whatever stands in between is its label. */
const LINK = /<a\s([^<>]*)>((?:(?!<\/?a[\s>])[^])*)<\/a>/gi;
const HREF = /(?:^|\s)href\s*=\s*(?:"([^"]*)"|'([^']*)'|([^\s"']+))/i;
/** The blank lines between two paragraphs. */
const BLANK_LINES = /(\n(?:[^\S\n]*\n)+)/;

/** The page. */
export async function textPage({ text, isGrowing, until }: TextPage): Promise<string> {
  const paragraphs = paragraphsOf(text).map((one) => html`<p>${raw(withLinks(one))}</p>`);
  const day = new Date(until * 1000).toISOString().slice(0, 10);
  const page = await html`<!doctype html>
    <html lang="zh-CN">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <meta name="robots" content="noindex, nofollow" />
        ${isGrowing ? html`<meta http-equiv="refresh" content="${REFRESH_SECONDS}" />` : ""}
        <title>全文 · Full text</title>
        ${STYLE_ELEMENT}
      </head>
      <body>
        <main>${paragraphs}</main>
        <footer>
          ${isGrowing ? html`<div>还在生成，页面会自动刷新 · Still being written; this page reloads itself</div>` : ""}
          <div>链接有效至 ${day} · This link works until ${day}</div>
        </footer>
      </body>
    </html>`;
  return page.toString();
}

/** The paragraphs, each with the blank lines behind it. */
function paragraphsOf(text: string): string[] {
  const pieces = text.split(BLANK_LINES);
  return pieces.flatMap((piece, index) => (index % 2 === 0 ? [piece + (pieces[index + 1] ?? "")] : []));
}

/** Everything is text but links to where a browser may go; of other links the label stays. */
function withLinks(text: string): string {
  let shown = "";
  let end = 0;
  for (const { 0: whole, 1: attributes = "", 2: label = "", index } of text.matchAll(LINK)) {
    shown += escaped(text.slice(end, index)) + link(attributes, label);
    end = index + whole.length;
  }
  return shown + escaped(text.slice(end));
}

function link(attributes: string, label: string): string {
  const [, double, single, bare] = HREF.exec(attributes) ?? [];
  const address = double ?? single ?? bare ?? "";
  if (!/^https?:\/\//i.test(address) || !URL.canParse(address)) return escaped(label);
  const { href } = new URL(address);
  return `<a href="${escaped(href)}" rel="noopener noreferrer nofollow">${escaped(label)}</a>`;
}

const ENTITIES: Readonly<Record<string, string>> = {
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
  '"': "&quot;",
  "'": "&#39;",
  // As it is, a parser would make a line feed of it.
  "\r": "&#13;",
};

function escaped(text: string): string {
  return text.replace(/[&<>"'\r]/g, (sign) => ENTITIES[sign] ?? sign);
}
