/** The model that the Worker's variables name: `MODEL_API_KEY`, `MODEL_BASE_URL`, `MODEL_NAME`, `MODEL_EXTRA`. */
import { jsonObject, variable } from "../../config.ts";
import { OpenAiChat } from "./openai-chat.ts";
import type { ModelProvider } from "./provider.ts";

const BASE_URL = "https://api.deepseek.com/v1";
const NAME = "deepseek-v4-flash";
/**
 * DeepSeek's models think first unless they are told not to, and WeChat's user waits for the first word.
 *
 * @see https://api-docs.deepseek.com/guides/thinking_mode
 */
const DEEPSEEK_HOST = "api.deepseek.com";
const DEEPSEEK_EXTRA = { thinking: { type: "disabled" } };

const models = new WeakMap<object, ModelProvider | undefined>();

/** @returns `undefined` as long as there is no key */
export function modelOfVariables(env: Cloudflare.Env): ModelProvider | undefined {
  if (models.has(env)) return models.get(env);
  const apiKey = variable(env, "MODEL_API_KEY");
  const worker: unknown = Reflect.get(env, "MODEL_WORKER");
  const model =
    apiKey === undefined
      ? undefined
      : new OpenAiChat({
          apiKey,
          baseUrl: variable(env, "MODEL_BASE_URL") ?? BASE_URL,
          model: variable(env, "MODEL_NAME") ?? NAME,
          extra: extraOf(env),
          ...(isFetcher(worker) ? { fetcher: worker } : {}),
        });
  models.set(env, model);
  return model;
}

function extraOf(env: Cloudflare.Env): Readonly<Record<string, unknown>> {
  const isDeepSeek = originsOfVariables(env).some((origin) => new URL(origin).hostname === DEEPSEEK_HOST);
  return { ...(jsonObject(env, "MODEL_EXTRA") ?? (isDeepSeek ? DEEPSEEK_EXTRA : {})) };
}

/** Where that model is: `https://api.deepseek.com`; none when the variable is no address. */
export function originsOfVariables(env: Cloudflare.Env): readonly string[] {
  const baseUrl = variable(env, "MODEL_BASE_URL") ?? BASE_URL;
  return URL.canParse(baseUrl) ? [new URL(baseUrl).origin] : [];
}

function isFetcher(value: unknown): value is { fetch(request: Request): Promise<Response> } {
  return typeof value === "object" && value !== null && typeof Reflect.get(value, "fetch") === "function";
}
