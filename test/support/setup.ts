/** Runs before every test in workerd. */
import { reset } from "cloudflare:test";
import { afterEach, beforeEach, expect } from "vitest";
import { logs } from "./logs.ts";
import { stage } from "./stage.ts";
import { noteUsedObjects, wakeUsedObjects } from "./used-objects.ts";

noteUsedObjects();

beforeEach(() => {
  stage.begin();
  logs.start();
});

/** No silent errors: a test that expects an error line must say so with `logs.expect`. */
afterEach(async () => {
  const unexpected = logs.stop();
  await wakeUsedObjects();
  await reset();
  expect(unexpected, "error lines that the test did not expect").toEqual([]);
});
