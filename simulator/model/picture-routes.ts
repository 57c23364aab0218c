/** Pictures that the model's answers link to, `GET /model/pictures/…`, and addresses at which there is none to be had. */
import { Hono } from "hono";
import { samplePicture } from "../sample-media.ts";

export const PICTURES_PATH = "/model/pictures";
/** The picture that the model draws: a JPEG. */
export const DRAWN_PICTURE = "hills.jpg";

const JPEG = { "Content-Type": "image/jpeg" };
/** More than WeChat takes. */
const LARGE_BYTES = 10 * 1_024 * 1_024 + 1;
const PIECE_BYTES = 65_536;
const FIRST_BYTES = 100;
const WEBP = "RIFF\u001a\0\0\0WEBPVP8L";

/** What each address answers; any other is a 404. */
const ANSWERS: Readonly<Record<string, (origin: string) => Response>> = {
  [DRAWN_PICTURE]: () => new Response(samplePicture(), { headers: JPEG }),
  /** A JPEG by its first bytes, and one byte too large; its length is not told before. */
  "large.jpg": () => new Response(largePicture(), { headers: JPEG }),
  "page.jpg": () => new Response("<!doctype html><p>…", { headers: { "Content-Type": "text/html" } }),
  /** Says that it is a JPEG, and is not. */
  "webp.jpg": () => new Response(WEBP, { headers: JPEG }),
  /** Never ends. */
  "stalled.jpg": () => new Response(beginningOfPicture(), { headers: JPEG }),
  "moved.jpg": (origin) => Response.redirect(`${origin}${PICTURES_PATH}/${DRAWN_PICTURE}`, 302),
  /** Leads into somebody's own network. */
  "inward.jpg": () => Response.redirect("http://192.168.0.1/admin.jpg", 302),
};

/** The routes below {@link PICTURES_PATH}. */
export function pictureRoutes(): Hono {
  const app = new Hono();
  app.get(`${PICTURES_PATH}/:name`, (c) => {
    const name = c.req.param("name");
    const answer = Object.hasOwn(ANSWERS, name) ? ANSWERS[name] : undefined;
    return answer?.(new URL(c.req.url).origin) ?? c.notFound();
  });
  return app;
}

function largePicture(): ReadableStream<Uint8Array<ArrayBuffer>> {
  let left = LARGE_BYTES;
  return new ReadableStream({
    pull(controller) {
      const piece = new Uint8Array(Math.min(left, PIECE_BYTES));
      if (left === LARGE_BYTES) piece.set(samplePicture().subarray(0, PIECE_BYTES));
      controller.enqueue(piece);
      left -= piece.length;
      if (left === 0) controller.close();
    },
  });
}

function beginningOfPicture(): ReadableStream<Uint8Array<ArrayBuffer>> {
  return new ReadableStream({
    start: (controller) => controller.enqueue(samplePicture().slice(0, FIRST_BYTES)),
  });
}
