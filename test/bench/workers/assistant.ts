/** For the delivered answers of a model: the assistant and nothing else, waited for in the place that a variable names. */
import { Bot } from "wechat-edge";
import { llm, OpenAiChat } from "wechat-edge/handlers";
import { createApp } from "../../../src/app.ts";
import { variable } from "../../../src/config.ts";
import { conversationObject } from "../../../src/conversation/conversation.ts";

/** The model, as far as its answers are waited for in that place. */
function modelVia(via: "worker" | "queue"): (env: object) => OpenAiChat | undefined {
  return (env) => {
    const [apiKey, baseUrl] = [variable(env, "MODEL_API_KEY"), variable(env, "MODEL_BASE_URL")];
    if (variable(env, "MODEL_VIA") !== via || apiKey === undefined || baseUrl === undefined) return undefined;
    return new OpenAiChat({ apiKey, baseUrl, model: "simulated-chat" });
  };
}

const bot = new Bot();
bot.use(llm({ name: "near", via: "worker", model: modelVia("worker") }));
bot.use(llm({ name: "far", via: "queue", model: modelVia("queue") }));

export * from "../../../src/objects.ts";
export class Conversation extends conversationObject(bot) {}
export default createApp(bot);
