import fc from "fast-check";
import { expect, test } from "vitest";
import { ReplayGuard } from "../../src/ingress/replay.ts";
import { sha1 } from "../support/wechat.ts";

test("accepts a signature again with the same body only", () => {
  fc.assert(
    fc.property(
      fc.string(),
      fc.string({ unit: "binary" }),
      fc.string({ unit: "binary" }),
      fc.nat(),
      (seed, body, other, secret) => {
        const guard = new ReplayGuard([secret, secret + 1]);
        const signature = sha1(seed);
        expect(guard.accepts(signature, body)).toBe(true);
        expect(guard.accepts(signature, body)).toBe(true);
        expect(guard.accepts(signature, other)).toBe(body === other);
      },
    ),
  );
});

test("remembers ten thousand at least, and twenty thousand at most", () => {
  const guard = new ReplayGuard([1, 2]);
  for (let i = 0; i <= 20_000; i++) expect(guard.accepts(sha1(String(i)), "first")).toBe(true);
  expect(guard.accepts(sha1("10001"), "second")).toBe(false);
  expect(guard.accepts(sha1("0"), "second")).toBe(true);
});
