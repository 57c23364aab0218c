import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { readJson } from "../../src/protocol/json-read.ts";
import { parseXml, readXml, XmlFault } from "../../src/protocol/xml-read.ts";
import { scanFlatXml } from "../../src/protocol/xml-scan.ts";
import { cdata } from "../../src/protocol/cdata.ts";

/** Pieces that XML readers trip over, put together at random. */
const fragment = fc.constantFrom(
  ..."<xml> </xml> <a> </a> <b> </b> <a/> <a x='1'> <![CDATA[ ]]> ]] > & &amp; &lt; &#65; &#x1F600; &bogus; <!-- --> <?pi?> <!DOCTYPE".split(" "),
  "<!DOCTYPE x [<!ENTITY e 'boom'>]>", "&e;", " ", "\n", "\r\n", "\uFEFF", "text", "你好", "😀", "\u0000", "__proto__", "<__proto__>", "</__proto__>", "<constructor>1</constructor>", "<toString>", "0123", "true",
); // prettier-ignore
const soup = fc.array(fragment, { maxLength: 24 }).map((parts) => parts.join(""));
const wrappedSoup = soup.map((inner) => `<xml>${inner}</xml>`);
const name = fc.constantFrom("ToUserName", "Content", "Event", "EventKey", "MsgId", "a", "B_1");
const content = fc.oneof(
  fc.string({ unit: "binary" }).map((text) => `<![CDATA[${text.replaceAll("]]>", "")}]]>`),
  fc.string({ unit: "grapheme" }).map((text) => text.replace(/[<&]/g, "")),
  fc.string({ unit: "grapheme" }).map((text) => cdata(text)),
  fragment,
);
const flat = fc
  .array(fc.tuple(name, content, fc.constantFrom("", " ", "\n", "\r\n")), { maxLength: 8 })
  .map((fields) => `<xml>${fields.map(([n, c, space]) => `${space}<${n}>${c}</${n}>`).join("")}\n</xml>`);

function outcome(read: (text: string) => unknown, text: string): unknown {
  try {
    return read(text);
  } catch (error) {
    if (error instanceof XmlFault) return "refused";
    throw error;
  }
}

describe("the quick scan and the library read alike", () => {
  test.each([
    ["flat bodies", flat],
    ["wrapped soup", wrappedSoup],
    ["soup", soup],
  ])("%s", (_name, bodies) => {
    let scanned = 0;
    fc.assert(
      fc.property(bodies, (text) => {
        const quick = scanFlatXml(text);
        if (quick === undefined) return;
        scanned++;
        expect(parseXml(text)).toEqual(quick);
      }),
      { numRuns: 3_000 },
    );
    if (bodies === flat) expect(scanned).toBeGreaterThan(100);
  });
});

describe("readXml", () => {
  test("never throws anything but its own fault, and never touches a prototype", () => {
    fc.assert(
      fc.property(fc.oneof(soup, wrappedSoup, fc.string({ unit: "binary" })), (text) => {
        const value = outcome(readXml, text);
        expect(Object.getPrototypeOf(value)).toBe(value === "refused" ? String.prototype : Object.prototype);
        expect(({} as Record<string, unknown>)["a"]).toBeUndefined();
      }),
      { numRuns: 3_000 },
    );
  });

  test("brings back any text that a CDATA section can hold", () => {
    fc.assert(
      fc.property(fc.string({ unit: "binary", minLength: 1 }), (text) => {
        const well = text.toWellFormed();
        const split = `<![CDATA[${well.replaceAll("]]>", "]]]]><![CDATA[>")}]]>`;
        expect(readXml(`<xml><Content>${split}</Content></xml>`)).toEqual({ Content: well });
        expect(parseXml(`<xml><Content>${split}</Content></xml>`)).toEqual({ Content: well });
      }),
      { numRuns: 2_000 },
    );
  });
});

describe("readJson", () => {
  test("gives strings, objects and arrays only, whatever comes in", () => {
    fc.assert(
      fc.property(fc.jsonValue(), (value) => {
        let read: unknown;
        try {
          read = readJson(JSON.stringify(value));
        } catch (error) {
          expect(error).toMatchObject({ name: "JsonFault" });
          return;
        }
        JSON.stringify(read, (_key, inner: unknown) => {
          expect(["string", "object"]).toContain(typeof inner);
          expect(inner).not.toBeNull();
          return inner;
        });
      }),
    );
  });
});
