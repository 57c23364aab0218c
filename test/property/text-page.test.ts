/** Whatever a bot says, its page shows it as text and runs nothing of it; read by the runtime's own HTML parser. */
import fc from "fast-check";
import { expect, test } from "vitest";
import { Bot } from "wechat-edge";
import { FrontDoor, SECURE } from "../support/front-door.ts";
import { linkIn, openPage } from "../support/text-page.ts";
import { textXml } from "../support/wechat.ts";

let says = "";
const bot = new Bot();
bot.on("text", (ctx) => ctx.reply(says));
const door = new FrontDoor(
  { ...SECURE, LOG_LEVEL: "silent", WECHAT_LONG_TEXTS: "page", PUBLIC_URL: "https://bot.example.com" },
  bot,
);
let users = 0;

/** The page of a text that is too long for a message. */
async function pageOf(text: string): Promise<{ html: string; text: string }> {
  says = text;
  const { content } = await door.push(textXml("x", { FromUserName: `oPage${++users}` }));
  return openPage(door, linkIn(content));
}

const piece = fc.oneof(
  fc.constantFrom(
    "<script>", "</script>", "<a href=", "<a href='", '<a href="', "javascript:alert(1)", "JaVaScRiPt:alert(1)", "data:text/html,x",
    "https://example.com/?a=1&b=2", "http://x", "//example.com", '" onmouseover="alert(1)', "' onclick='x", ">", "</a>", "<img src=x onerror=alert(1)>",
    "<svg/onload=alert(1)>", "</p>", "</main>", "</style>", "<!--", "-->", "<![CDATA[", "]]>", "&lt;", "&amp;lt;", "&#x3c;", "\n\n", "\n \n", "\r\n", "\t",
    "<base href=//x>", "<meta http-equiv=refresh>", "<A\nHREF=https://example.com>", "weixin://x", "\u2028", "😀",
  ),
  fc.string({ unit: "grapheme", maxLength: 12 }),
); // prettier-ignore
/** Whole links that lead astray. */
const link = fc
  .tuple(
    fc.constantFrom("<a href=", "<A x='y' HREF = ", "<a\nhref="),
    fc.constantFrom("'", '"', ""),
    fc.constantFrom("https://a", "http://", "javascript:", " javascript:", "java\tscript:", "data:text/html,", "//", "blob:", ""),
    fc.array(fc.constantFrom('"onclick=x', "'onclick=x", "alert(1)", "%22", "/", "?", "#", "&quot;", "a"), { maxLength: 5 }),
    fc.constantFrom("label", "<b>", "&lt;script&gt;", "<script>x</script>", ""),
  )
  .map(([open, quote, scheme, rest, label]) => `${open}${quote}${scheme}${rest.join("")}${quote}>${label}</a>`); // prettier-ignore
const text = fc
  .array(fc.oneof(piece, link), { minLength: 1, maxLength: 40 })
  .map((pieces) => `${pieces.join("")}${"床前明月光。".repeat(130)}完`.replaceAll("\0", ""))
  .filter((one) => one.isWellFormed());

interface Seen {
  readonly tags: { readonly name: string; readonly attributes: readonly [string, string][] }[];
}

/** Every element, as a browser's parser would see it. */
async function elementsOf(html: string): Promise<Seen["tags"]> {
  const tags: Seen["tags"] = [];
  const rewriter = new HTMLRewriter().on("*", {
    element: ({ tagName, attributes }) => {
      tags.push({
        name: tagName,
        attributes: [...attributes].map(([name = "", value = ""]) => [name, value]),
      });
    },
  });
  await rewriter.transform(new Response(html)).text();
  return tags;
}

const ALLOWED: Readonly<Record<string, readonly string[]>> = {
  html: ["lang"], head: [], meta: ["charset", "name", "content"], title: [], style: [], body: [], main: [], p: [],
  a: ["href", "rel"], footer: [], div: [],
}; // prettier-ignore

test("any text: only paragraphs and http links; and what has no link in it is there byte for byte", async () => {
  await fc.assert(
    fc.asyncProperty(text, async (one) => {
      const page = await pageOf(one);
      expect(page.html).toContain("</html>");
      for (const { name, attributes } of await elementsOf(page.html)) {
        expect(Object.keys(ALLOWED)).toContain(name);
        for (const [attribute, value] of attributes) {
          expect(ALLOWED[name]).toContain(attribute);
          if (attribute === "href") expect(value).toMatch(/^https?:\/\/[^"'<>\s]+$/);
        }
      }
      if (!/<\/a>/i.test(one)) expect(page.text).toBe(one);
    }),
    { numRuns: 120 },
  );
}, 30_000);

test("links stay links where they lead to a site; of others the label stays", async () => {
  const links = [
    '<a href="https://example.com/?a=1&b=2">site</a>',
    "<a class='x' HREF='http://example.com/'>old</a>",
    "<a href=https://example.com/x>bare <b></a>",
    '<a href="javascript:alert(1)">script</a>',
    '<a href="weixin://bizmsgmenu?msgmenuid=1">menu</a>',
    '<a data-miniprogram-appid="wx1">program</a>',
    '<a href="https://example.com/unclosed">',
  ];
  const page = await pageOf(`${links.join(" ")}${"床前明月光。".repeat(130)}完`);
  const seen = await elementsOf(page.html);
  expect(
    seen.filter(({ name }) => name === "a").map(({ attributes }) => Object.fromEntries(attributes)["href"]),
  ).toEqual([
    expect.stringMatching(/^https:\/\/example\.com\/\?a=1&(amp;)?b=2$/),
    "http://example.com/",
    "https://example.com/x",
  ]);
  expect(page.text).toContain(
    'site old bare <b> script menu program <a href="https://example.com/unclosed">床前',
  );
});
