/** What the assistant says in its own name. */
import type { ModelErrorKind } from "./provider.ts";

/** Texts that users read. */
export interface LlmTexts {
  readonly reset: string;
  readonly stopped: string;
  /** Too many questions of this user, or of the whole account. */
  readonly capped: string;
  readonly accountCapped: string;
  /** A picture for a model that sees none. */
  readonly blind: string;
  /** A voice message that WeChat has not turned into text. */
  readonly deaf: string;
  readonly brokenOff: string;
  /** Behind the words of a picture that the account can neither send nor link to. */
  readonly unshown: string;
  readonly failures: Readonly<Record<ModelErrorKind, string>>;
}

/** The texts, unless a bot has others. */
export const TEXTS: LlmTexts = {
  reset: "好的，我们重新开始。",
  stopped: "已停止。",
  capped: "你今天问得有点多了，请稍后再来。",
  accountCapped: "今天的提问次数已经用完，请明天再来。",
  blind: "我还看不懂图片，请用文字告诉我。",
  deaf: "没听清这条语音，请用文字告诉我。",
  brokenOff: "（回答中断，以上是已有的内容）",
  unshown: "（图片无法在这里显示）",
  failures: {
    model_refused: "抱歉，助手暂时不可用，请联系管理员。",
    model_busy: "现在提问的人有点多，请稍后再试。",
    model_unreachable: "抱歉，助手暂时连接不上，请稍后再试。",
    model_stalled: "抱歉，这个问题想得太久了，请稍后再试，或换个问法。",
    model_unreadable: "抱歉，助手暂时不可用，请稍后再试。",
    model_empty: "这个问题我没有答案，请换个问法。",
  },
};
