/** The shipped bot run in the Worker itself: no object, nothing remembered. What remembering costs is the difference. */
import { createApp } from "../../../src/app.ts";
import bot from "../../../src/bot.ts";
import { conversationObject } from "../../../src/conversation/conversation.ts";
import { inProcess } from "../../../src/framework/in-process.ts";

export * from "../../../src/objects.ts";
export class Conversation extends conversationObject(bot) {}
export default createApp(bot, { dispatch: inProcess(bot, Date.now) });
