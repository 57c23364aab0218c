/** A Worker that moves large files to and from WeChat's API, and tells how much of them it has made so far. */
import { env } from "cloudflare:workers";
import { ApiClients } from "../../src/api/clients.ts";
import { variable } from "../../src/config.ts";

export * from "../../src/objects.ts";
export { ConversationObject as Conversation } from "../../src/conversation/conversation.ts";

const CHUNK_BYTES = 64 * 1_024;
const FTYP = new TextEncoder().encode("\0\0\0\x18ftypmp42");

let madeBytes = 0;

/** A video whose every chunk is made when it is read. */
function video(bytes: number): { stream: () => ReadableStream<Uint8Array>; bytes: number } {
  const stream = (): ReadableStream<Uint8Array> => {
    madeBytes = 0;
    return new ReadableStream<Uint8Array>(
      {
        pull(controller) {
          const chunk = new Uint8Array(Math.min(CHUNK_BYTES, bytes - madeBytes)).fill(
            madeBytes / CHUNK_BYTES,
          );
          if (madeBytes === 0) chunk.set(FTYP);
          madeBytes += chunk.length;
          controller.enqueue(chunk);
          if (madeBytes === bytes) controller.close();
        },
      },
      { highWaterMark: 0 },
    );
  };
  return { stream, bytes };
}

const PAUSE_MS = 1_000;

/** Reads a little, waits, tells WeChat's side that the wait is over, and reads the rest. */
async function readSlowly(body: ReadableStream<Uint8Array>): Promise<{ bytes: number; digest: string }> {
  const digests = new crypto.DigestStream("SHA-256");
  const writer = digests.getWriter();
  let bytes = 0;
  for await (const chunk of body) {
    if (bytes === 0) {
      await scheduler.wait(PAUSE_MS);
      await fetch(`${variable(env, "WECHAT_API_BASE")}/wait-is-over`);
    }
    bytes += chunk.length;
    await writer.write(chunk);
  }
  await writer.close();
  return { bytes, digest: new Uint8Array(await digests.digest).toHex() };
}

export default {
  async fetch(request) {
    const { pathname, searchParams } = new URL(request.url);
    const clients = ApiClients.in(env);
    const { media, materials } = clients.of("default", clients.log);
    switch (pathname) {
      case "/upload": {
        const content = video(Number(searchParams.get("bytes")));
        return Response.json(await media.upload("video", { filename: "a.mp4", content }));
      }
      case "/made":
        return Response.json({ madeBytes });
      case "/get": {
        const answer = await materials.get(searchParams.get("id") ?? "");
        return Response.json(answer.kind === "file" ? await readSlowly(answer.body) : answer);
      }
      case "/list":
        return Response.json(await materials.list("news", { count: 1 }));
      default:
        return new Response(null, { status: 404 });
    }
  },
} satisfies ExportedHandler<Cloudflare.Env>;
