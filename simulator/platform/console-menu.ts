/**
 * Menus as `get_current_selfmenu_info` tells them: other names than the menu API has, and kinds of buttons that only the
 * console makes.
 *
 * @see https://developers.weixin.qq.com/doc/service/api/custommenu/api_getcurrentselfmenuinfo
 */
import type { MenuButton } from "../timeline.ts";

/** The answer of `get_current_selfmenu_info`. */
export interface SelfMenu {
  readonly is_menu_open: 0 | 1;
  /** Absent where there is no menu. */
  readonly selfmenu_info?: { readonly button: readonly SelfMenuButton[] };
  readonly [name: string]: unknown;
}

/** A button: one of the menu API's, or one that the console made, which has a `value`. */
export interface SelfMenuButton {
  readonly name: string;
  readonly type?: string;
  readonly key?: string;
  readonly url?: string;
  /** Of the console's buttons: a text (`text`), a media id (`img`, `voice`), an address (`video`), an article (`news`). */
  readonly value?: string;
  readonly news_info?: { readonly list: readonly ConsoleArticle[] };
  readonly sub_button?: { readonly list: readonly SelfMenuButton[] };
}

interface ConsoleArticle {
  readonly title: string;
  readonly author: string;
  readonly digest: string;
  readonly show_cover: 0 | 1;
  readonly cover_url: string;
  readonly content_url: string;
  readonly source_url: string;
}

/** A menu that was made by the API. */
export function selfMenuOf(buttons: readonly MenuButton[]): SelfMenu {
  if (buttons.length === 0) return { is_menu_open: 0 };
  return { is_menu_open: 1, selfmenu_info: { button: buttons.map(selfMenuButtonOf) } };
}

function selfMenuButtonOf({ sub_button: subButtons, ...button }: MenuButton): SelfMenuButton {
  if (subButtons === undefined || subButtons.length === 0) return button;
  return { ...button, sub_button: { list: subButtons.map(selfMenuButtonOf) } };
}

/**
 * What the account's owner made in the console, as it was before a callback URL was set: every kind of button that the
 * console offers.
 */
export const CONSOLE_MENU: SelfMenu = {
  is_menu_open: 1,
  selfmenu_info: {
    button: [
      {
        name: "关于我们",
        sub_button: {
          list: [
            { type: "view", name: "网站", url: "https://example.com/" },
            {
              type: "news",
              name: "最新文章",
              value: "KQb_w_Tiz-nSdVLoTV35Psmty8hGBulGhEdbb9SKs-o",
              news_info: {
                list: [
                  {
                    title: "第一篇文章",
                    author: "编辑部",
                    digest: "摘要",
                    show_cover: 0,
                    cover_url: "http://mmbiz.qpic.cn/mmbiz/sample-cover/0?wx_fmt=jpeg",
                    content_url: "http://mp.weixin.qq.com/s?__biz=MzA4&mid=204013432&idx=1&sn=sample#rd",
                    source_url: "",
                  },
                ],
              },
            },
            { type: "video", name: "视频", value: "http://vweixinp.tc.qq.com/sample-video.f10.mp4" },
            {
              type: "voice",
              name: "语音",
              value: "nTXe3aghlQ4XYHa0AQPWiQQbFW9RVtaYTLPC1PCQx11qc9UB6CiUPFjdkeEtJicn",
            },
          ],
        },
      },
      { type: "text", name: "营业时间", value: "周一至周五 9:00–18:00" },
      {
        type: "img",
        name: "照片",
        value: "ax5Whs5dsoomJLEppAvftBUuH7CgXCZGFbFJifmbUjnQk_ierMHY99Y5d2Cv14RD",
      },
    ],
  },
};
