/** Tells pages at once when something on a phone has changed: `GET /api/events`, server-sent events. */
import { Hono } from "hono";
import { streamSSE } from "hono/streaming";
import type { Platforms } from "./platform/platforms.ts";

/** The stream of changes, each with the account and, where it is one user's, the openid. */
export function eventRoutes(platforms: Platforms): Hono {
  const app = new Hono();
  app.get("/api/events", (c) =>
    streamSSE(c, async (stream) => {
      const ended = new Promise<void>((resolve) => {
        stream.onAbort(resolve);
      });
      const unsubscribe = platforms.subscribe((change) => {
        void stream.writeSSE({ data: JSON.stringify(change) });
      });
      // Whoever listens knows from here on that nothing is missed.
      await stream.write(": listening\n\n");
      await ended;
      unsubscribe();
    }),
  );
  return app;
}
