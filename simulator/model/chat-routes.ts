/**
 * The model's own paths, in OpenAI's dialect: `POST /model/v1/chat/completions` and `GET /model/v1/models`.
 *
 * @see https://platform.openai.com/docs/api-reference/chat
 * @see https://platform.openai.com/docs/api-reference/models
 */
import { type Context, Hono } from "hono";
import { randomText } from "../random-text.ts";
import { answerChat } from "./answer-chat.ts";
import { jsonBodyOf, readChatRequest, saidIn } from "./chat-request.ts";
import { describeMessages, type OpenCall } from "./model-calls.ts";
import { ModelFailure } from "./model-failure.ts";
import type { SimulatedModel } from "./simulated-model.ts";
import { spokenIn } from "./spoken-switches.ts";

/** What the routes are made with. */
export interface ChatRouteOptions {
  readonly model: SimulatedModel;
  /** Milliseconds since the epoch. */
  readonly now: () => number;
  /** Cuts the connection that a request came by; `false` when nobody can. */
  readonly cut: (env: unknown) => boolean;
}

/** Where the model is: the base URL of an OpenAI client is the simulator's address and this. */
export const MODEL_BASE_PATH = "/model/v1";

const MAX_BODY_BYTES = 50_000_000;
const ID_CHARACTERS = 24;
const KEY_TAIL_CHARACTERS = 4;
const SECOND_MS = 1_000;

const NO_KEY =
  "You didn't provide an API key. You need to provide your API key in an Authorization header using Bearer auth (i.e. Authorization: Bearer YOUR_KEY). You can obtain an API key from https://platform.openai.com/account/api-keys.";

/** The routes below {@link MODEL_BASE_PATH}. */
export function chatRoutes({ model, now, cut }: ChatRouteOptions): Hono {
  const app = new Hono().basePath(MODEL_BASE_PATH);

  app.use("*", async (c, next) => {
    await next();
    c.header("x-request-id", `req_${randomText(ID_CHARACTERS)}`);
  });
  app.post("/chat/completions", async (c) => {
    const call = model.calls.begin({ id: `chatcmpl-${randomText(ID_CHARACTERS)}`, key: tailOf(keyOf(c)) });
    try {
      return await complete(c, call, { model, now, cut });
    } catch (error) {
      if (!(error instanceof ModelFailure)) throw error;
      call.note({ status: error.facts.status });
      call.end("failed");
      return error.response;
    }
  });
  app.get("/models", (c) => {
    checkKey(keyOf(c), model);
    return c.json({ object: "list", data: model.models.map(describeModel) });
  });
  app.get("/models/:id", (c) => {
    checkKey(keyOf(c), model);
    const id = c.req.param("id");
    checkModel(id, model);
    return c.json(describeModel(id));
  });
  app.all("/chat/completions", (c) => {
    const hint = "(HINT: Perhaps you meant to use a different HTTP method?)";
    const { method, path } = c.req;
    throw new ModelFailure(`Not allowed to ${method} on ${pathOf(path)}. ${hint}`, { status: 405 });
  });
  app.all("*", (c) => {
    throw new ModelFailure(`Invalid URL (${c.req.method} ${pathOf(c.req.path)})`, { status: 404 });
  });
  app.onError((error) => {
    if (error instanceof ModelFailure) return error.response;
    throw error;
  });
  return app;
}

async function complete(c: Context, call: OpenCall, options: ChatRouteOptions): Promise<Response> {
  const { model, now, cut } = options;
  const { signal } = c.req.raw;
  checkKey(keyOf(c), model);
  const request = readChatRequest(jsonBodyOf(await bodyOf(c.req.raw)));
  const { stream, rawMessages } = request;
  call.note({ model: request.model, messages: describeMessages(rawMessages), stream });
  checkModel(request.model, model);
  const said = saidIn(request.messages);
  const { always, once } = model.switches.strike({ model: request.model, said });
  const reasoning = model.isReasoner(request.model) ? ({ reasoning: "field" } as const) : {};
  return answerChat({
    request,
    behaviour: { ...reasoning, ...always, ...spokenIn(said), ...once },
    call,
    created: Math.floor(now() / SECOND_MS),
    origin: new URL(c.req.url).origin,
    signal,
    cut: () => cut(c.env),
  });
}

function keyOf(c: Context): string {
  return /^Bearer\s+(\S+)$/i.exec(c.req.header("authorization") ?? "")?.[1] ?? "";
}

function tailOf(key: string): string {
  return key.slice(-KEY_TAIL_CHARACTERS);
}

function checkKey(key: string, { keys }: SimulatedModel): void {
  if (key === "") throw new ModelFailure(NO_KEY, { status: 401 });
  if (keys === null || keys.includes(key)) return;
  throw new ModelFailure(
    `Incorrect API key provided: ****${tailOf(key)}. You can find your API key at https://platform.openai.com/account/api-keys.`,
    { status: 401, code: "invalid_api_key" },
  );
}

function checkModel(id: string, { models }: SimulatedModel): void {
  if (models.includes(id)) return;
  throw new ModelFailure(`The model \`${id}\` does not exist or you do not have access to it.`, {
    status: 404,
    code: "model_not_found",
  });
}

async function bodyOf(request: Request): Promise<Uint8Array> {
  const body = new Uint8Array(await request.arrayBuffer());
  if (body.length <= MAX_BODY_BYTES) return body;
  throw new ModelFailure(
    `Maximum content size limit (${MAX_BODY_BYTES}) exceeded (${body.length} bytes read)`,
    {
      status: 413,
    },
  );
}

function describeModel(id: string): object {
  return { id, object: "model", created: 0, owned_by: "wechat-edge-simulator" };
}

/** As OpenAI would say it, without the simulator's own prefix. */
function pathOf(path: string): string {
  return path.replace(/^\/model/, "");
}
