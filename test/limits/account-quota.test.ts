/** What an account may do in a day, counted in its object. */
import { evictAllDurableObjects, runInDurableObject } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { describe, expect, test } from "vitest";

const NOON = Date.parse("2026-11-24T12:00:00+08:00");
const DAY_MS = 86_400_000;

const objectOf = (account: string) => env.ACCOUNT_QUOTAS.get(env.ACCOUNT_QUOTAS.idFromName(account));

async function take(account: string, now = NOON, name = "llm", perDay = 3): Promise<boolean> {
  const { v, isAllowed } = await objectOf(account).take({ v: 1, name, perDay, now });
  expect(v).toBe(1);
  return isAllowed;
}

async function takeAll(times: number, account: string, now?: number): Promise<number> {
  const taken = await Promise.all(Array.from({ length: times }, () => take(account, now)));
  return taken.filter(Boolean).length;
}

describe("an account's quota", () => {
  test("is exact, however many ask at once, and each account's own", async () => {
    expect(await takeAll(20, "a")).toBe(3);
    expect(await take("a")).toBe(false);
    expect(await take("b")).toBe(true);
  });

  test("counts each name by itself", async () => {
    expect(await takeAll(4, "c")).toBe(3);
    expect(await take("c", NOON, "pictures", 1)).toBe(true);
    expect(await take("c", NOON, "pictures", 1)).toBe(false);
  });

  test.each([
    ["a day's last millisecond", "2026-11-24T23:59:59.999+08:00", false],
    ["midnight in Shanghai", "2026-11-25T00:00:00+08:00", true],
    ["midnight in London", "2026-11-25T00:00:00Z", true],
  ])("at %s", async (name, time, isAllowed) => {
    expect(await takeAll(3, name)).toBe(3);
    expect(await take(name, Date.parse(time))).toBe(isAllowed);
  });

  test("is not given twice by a clock that is behind", async () => {
    expect(await takeAll(3, "d", NOON)).toBe(3);
    expect(await takeAll(3, "d", NOON + DAY_MS)).toBe(3);
    expect(await take("d", NOON)).toBe(false);
    expect(await take("d", NOON + DAY_MS)).toBe(false);
  });

  test("follows a limit that changes; none at all allows nothing", async () => {
    expect(await takeAll(4, "e")).toBe(3);
    expect(await take("e", NOON, "llm", 4)).toBe(true);
    expect(await take("e", NOON, "llm", 4)).toBe(false);
    expect(await take("f", NOON, "llm", 0)).toBe(false);
  });

  test("is remembered when the object dies", async () => {
    expect(await takeAll(2, "g")).toBe(2);
    await evictAllDurableObjects();
    expect(await takeAll(3, "g")).toBe(1);
  });

  test("keeps one row a name, whatever the days", async () => {
    for (let day = 0; day < 5; day++) await takeAll(5, "h", NOON + day * DAY_MS);
    await take("h", NOON, "pictures", 1);
    const rows = await runInDurableObject(objectOf("h"), (_object, { storage }) =>
      storage.sql.exec("SELECT name, count FROM quota ORDER BY name").toArray(),
    );
    expect(rows).toEqual([
      { name: "llm", count: 3 },
      { name: "pictures", count: 1 },
    ]);
  });
});
