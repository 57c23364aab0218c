/** Pages with long texts, as whoever has the link sees them. */
import type { Answer, FrontDoor } from "./front-door.ts";

/** What a person with a browser gets. */
export interface SeenPage {
  readonly status: number;
  readonly headers: Headers;
  readonly html: string;
  /** The text itself, as a browser would give it to the clipboard, byte for byte. */
  readonly text: string;
}

const LINK = /\n\n<a href="(https:\/\/bot\.example\.com\/t\/[^"]+)">[^<]*<\/a>$/;

/** The link that ends a message; empty when there is none. */
export function linkIn(content: string | undefined): string {
  return LINK.exec(content ?? "")?.[1] ?? "";
}

/** Opens a link. */
export async function openPage(door: FrontDoor, link: string): Promise<SeenPage> {
  const { status, headers, body }: Answer = await door.fetch(new Request(link));
  const main = /<main>([^]*)<\/main>/.exec(body)?.[1] ?? "";
  return { status, headers, html: body, text: unescaped(main.replace(/<[^>]*>/g, "")) };
}

const NAMED: Readonly<Record<string, string>> = { amp: "&", lt: "<", gt: ">", quot: '"' };

function unescaped(text: string): string {
  return text.replace(/&(?:#(\d+)|(\w+));/g, (whole, code?: string, name = "") =>
    code === undefined ? (NAMED[name] ?? whole) : String.fromCodePoint(Number(code)),
  );
}
