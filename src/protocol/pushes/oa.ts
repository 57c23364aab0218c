// Generated from catalog.json by scripts/generate.ts. Do not edit: run `npm run generate`.

import type { PushEnvelope } from "./wire.ts";

/**
 * Official Account (公众号): message `text`.
 *
 * - `msgmenu-choice`: the user tapped an item of a msgmenu customer-service message; bizmsgmenuid is the item id
 * - `from-article`: MsgDataId and Idx appear only when the message was sent from an article
 * - `unsupported-type`: what WeChat delivers for a message type it does not pass on
 *
 * May be answered with a passive reply.
 *
 * @see https://developers.weixin.qq.com/doc/offiaccount/Message_Management/Receiving_standard_messages.html
 * @see https://developers.weixin.qq.com/doc/offiaccount/Message_Management/Service_Center_messages.html
 * @see SDK evidence: zhayujie/chatgpt-on-wechat channel/wechatmp/passive_reply.py
 */
export interface OaText extends PushEnvelope {
  readonly MsgType: "text";
  readonly Content: string;
  /** A 64-bit integer. */
  readonly MsgId: string;
  readonly bizmsgmenuid?: string;
  readonly MsgDataId?: string;
  /** An integer. */
  readonly Idx?: string;
}

/**
 * Official Account (公众号): message `image`.
 *
 * May be answered with a passive reply.
 *
 * @see https://developers.weixin.qq.com/doc/offiaccount/Message_Management/Receiving_standard_messages.html
 */
export interface OaImage extends PushEnvelope {
  readonly MsgType: "image";
  readonly PicUrl: string;
  readonly MediaId: string;
  /** A 64-bit integer. */
  readonly MsgId: string;
}

/**
 * Official Account (公众号): message `voice`.
 *
 * - `recognition-legacy`: Recognition is no longer in the current page; SDKs still read it
 *
 * May be answered with a passive reply.
 *
 * @see https://developers.weixin.qq.com/doc/offiaccount/Message_Management/Receiving_standard_messages.html
 */
export interface OaVoice extends PushEnvelope {
  readonly MsgType: "voice";
  readonly MediaId: string;
  readonly Format: string;
  /** A 64-bit integer. */
  readonly MsgId: string;
  readonly MediaId16K?: string;
  readonly Recognition?: string;
}

/**
 * Official Account (公众号): message `video`.
 *
 * May be answered with a passive reply.
 *
 * @see https://developers.weixin.qq.com/doc/offiaccount/Message_Management/Receiving_standard_messages.html
 */
export interface OaVideo extends PushEnvelope {
  readonly MsgType: "video";
  readonly MediaId: string;
  readonly ThumbMediaId: string;
  /** A 64-bit integer. */
  readonly MsgId: string;
}

/**
 * Official Account (公众号): message `shortvideo`.
 *
 * May be answered with a passive reply.
 *
 * @see https://developers.weixin.qq.com/doc/offiaccount/Message_Management/Receiving_standard_messages.html
 */
export interface OaShortvideo extends PushEnvelope {
  readonly MsgType: "shortvideo";
  readonly MediaId: string;
  readonly ThumbMediaId: string;
  /** A 64-bit integer. */
  readonly MsgId: string;
}

/**
 * Official Account (公众号): message `location`.
 *
 * May be answered with a passive reply.
 *
 * @see https://developers.weixin.qq.com/doc/offiaccount/Message_Management/Receiving_standard_messages.html
 */
export interface OaLocation extends PushEnvelope {
  readonly MsgType: "location";
  /** A decimal number. */
  readonly Location_X: string;
  /** A decimal number. */
  readonly Location_Y: string;
  /** An integer. */
  readonly Scale: string;
  readonly Label: string;
  /** A 64-bit integer. */
  readonly MsgId: string;
}

/**
 * Official Account (公众号): message `link`.
 *
 * May be answered with a passive reply.
 *
 * @see https://developers.weixin.qq.com/doc/offiaccount/Message_Management/Receiving_standard_messages.html
 */
export interface OaLink extends PushEnvelope {
  readonly MsgType: "link";
  readonly Title: string;
  readonly Description: string;
  readonly Url: string;
  /** A 64-bit integer. */
  readonly MsgId: string;
}

/**
 * Official Account (公众号): message `file`.
 *
 * - legacy; not in the current page
 *
 * May be answered with a passive reply.
 * The fields are those that SDKs read; no official list of them was found.
 *
 * @see SDK: JeffreySu/WeiXinMPSDK RequestMessageFile
 */
export interface OaFile extends PushEnvelope {
  readonly MsgType: "file";
  readonly Title: string;
  readonly Description: string;
  readonly FileKey: string;
  readonly FileMd5: string;
  /** A 64-bit integer. */
  readonly FileTotalLen: string;
  /** A 64-bit integer. */
  readonly MsgId: string;
}

/**
 * Official Account (公众号): event `subscribe`.
 *
 * - `qr-scene`: EventKey carries the prefix qrscene_
 *
 * May be answered with a passive reply.
 *
 * @see https://developers.weixin.qq.com/doc/offiaccount/Message_Management/Receiving_event_pushes.html
 */
export interface OaSubscribeEvent extends PushEnvelope {
  readonly MsgType: "event";
  readonly Event: "subscribe";
  readonly EventKey?: string;
  readonly Ticket?: string;
}

/**
 * Official Account (公众号): event `unsubscribe`.
 *
 * - no reply can reach the user
 *
 * May be answered with `success` or nothing.
 *
 * @see https://developers.weixin.qq.com/doc/offiaccount/Message_Management/Receiving_event_pushes.html
 */
export interface OaUnsubscribeEvent extends PushEnvelope {
  readonly MsgType: "event";
  readonly Event: "unsubscribe";
  readonly EventKey?: string;
}

/**
 * Official Account (公众号): event `SCAN`.
 *
 * - already a follower: EventKey has no qrscene_ prefix
 *
 * May be answered with a passive reply.
 *
 * @see https://developers.weixin.qq.com/doc/offiaccount/Message_Management/Receiving_event_pushes.html
 */
export interface OaScanEvent extends PushEnvelope {
  readonly MsgType: "event";
  readonly Event: "SCAN";
  readonly EventKey: string;
  readonly Ticket: string;
}

/**
 * Official Account (公众号): event `LOCATION`.
 *
 * May be answered with a passive reply.
 *
 * @see https://developers.weixin.qq.com/doc/offiaccount/Message_Management/Receiving_event_pushes.html
 */
export interface OaLocationEvent extends PushEnvelope {
  readonly MsgType: "event";
  readonly Event: "LOCATION";
  /** A decimal number. */
  readonly Latitude: string;
  /** A decimal number. */
  readonly Longitude: string;
  /** A decimal number. */
  readonly Precision: string;
}

/**
 * Official Account (公众号): event `CLICK`.
 *
 * May be answered with a passive reply.
 *
 * @see https://developers.weixin.qq.com/doc/offiaccount/Message_Management/Receiving_event_pushes.html
 */
export interface OaClickEvent extends PushEnvelope {
  readonly MsgType: "event";
  readonly Event: "CLICK";
  readonly EventKey: string;
}

/**
 * Official Account (公众号): event `VIEW`.
 *
 * - whether a passive reply is shown is unverified: the user is in the web page
 *
 * May be answered with `success` or nothing.
 *
 * @see https://developers.weixin.qq.com/doc/service/guide/product/menu/Custom_Menu_Push_Events.html
 */
export interface OaViewEvent extends PushEnvelope {
  readonly MsgType: "event";
  readonly Event: "VIEW";
  readonly EventKey: string;
  readonly MenuId?: string;
}

/**
 * Official Account (公众号): event `view_miniprogram`.
 *
 * May be answered with `success` or nothing.
 *
 * @see https://developers.weixin.qq.com/doc/service/guide/product/menu/Custom_Menu_Push_Events.html
 */
export interface OaViewMiniprogramEvent extends PushEnvelope {
  readonly MsgType: "event";
  readonly Event: "view_miniprogram";
  readonly EventKey: string;
  readonly MenuId: string;
}

/**
 * Official Account (公众号): event `scancode_push`.
 *
 * May be answered with a passive reply.
 *
 * @see https://developers.weixin.qq.com/doc/service/guide/product/menu/Custom_Menu_Push_Events.html
 */
export interface OaScancodePushEvent extends PushEnvelope {
  readonly MsgType: "event";
  readonly Event: "scancode_push";
  readonly EventKey: string;
  readonly ScanCodeInfo: {
    readonly ScanType: string;
    readonly ScanResult: string;
  };
}

/**
 * Official Account (公众号): event `scancode_waitmsg`.
 *
 * May be answered with a passive reply.
 *
 * @see https://developers.weixin.qq.com/doc/service/guide/product/menu/Custom_Menu_Push_Events.html
 */
export interface OaScancodeWaitmsgEvent extends PushEnvelope {
  readonly MsgType: "event";
  readonly Event: "scancode_waitmsg";
  readonly EventKey: string;
  readonly ScanCodeInfo: {
    readonly ScanType: string;
    readonly ScanResult: string;
  };
}

/**
 * Official Account (公众号): event `pic_sysphoto`.
 *
 * - the pictures themselves arrive as separate image messages
 *
 * May be answered with a passive reply.
 *
 * @see https://developers.weixin.qq.com/doc/service/guide/product/menu/Custom_Menu_Push_Events.html
 */
export interface OaPicSysphotoEvent extends PushEnvelope {
  readonly MsgType: "event";
  readonly Event: "pic_sysphoto";
  readonly EventKey: string;
  readonly SendPicsInfo: {
    /** An integer. */
    readonly Count: string;
    readonly PicList: {
      readonly item: readonly {
        readonly PicMd5Sum: string;
      }[];
    };
  };
}

/**
 * Official Account (公众号): event `pic_photo_or_album`.
 *
 * - the pictures themselves arrive as separate image messages
 *
 * May be answered with a passive reply.
 *
 * @see https://developers.weixin.qq.com/doc/service/guide/product/menu/Custom_Menu_Push_Events.html
 */
export interface OaPicPhotoOrAlbumEvent extends PushEnvelope {
  readonly MsgType: "event";
  readonly Event: "pic_photo_or_album";
  readonly EventKey: string;
  readonly SendPicsInfo: {
    /** An integer. */
    readonly Count: string;
    readonly PicList: {
      readonly item: readonly {
        readonly PicMd5Sum: string;
      }[];
    };
  };
}

/**
 * Official Account (公众号): event `pic_weixin`.
 *
 * - the pictures themselves arrive as separate image messages
 *
 * May be answered with a passive reply.
 *
 * @see https://developers.weixin.qq.com/doc/service/guide/product/menu/Custom_Menu_Push_Events.html
 */
export interface OaPicWeixinEvent extends PushEnvelope {
  readonly MsgType: "event";
  readonly Event: "pic_weixin";
  readonly EventKey: string;
  readonly SendPicsInfo: {
    /** An integer. */
    readonly Count: string;
    readonly PicList: {
      readonly item: readonly {
        readonly PicMd5Sum: string;
      }[];
    };
  };
}

/**
 * Official Account (公众号): event `location_select`.
 *
 * May be answered with a passive reply.
 *
 * @see https://developers.weixin.qq.com/doc/service/guide/product/menu/Custom_Menu_Push_Events.html
 */
export interface OaLocationSelectEvent extends PushEnvelope {
  readonly MsgType: "event";
  readonly Event: "location_select";
  readonly EventKey: string;
  readonly SendLocationInfo: {
    readonly Location_X: string;
    readonly Location_Y: string;
    readonly Scale: string;
    readonly Label: string;
    readonly Poiname: string;
  };
}

/**
 * Official Account (公众号): event `MASSSENDJOBFINISH`.
 *
 * - ResultList.item repeats; a list of one is a single element
 *
 * May be answered with `success` or nothing.
 * The fields are those that SDKs read; no official list of them was found.
 *
 * @see https://developers.weixin.qq.com/doc/offiaccount/Message_Management/Batch_Sends_and_Originality_Checks.html
 */
export interface OaMasssendjobfinishEvent extends PushEnvelope {
  readonly MsgType: "event";
  readonly Event: "MASSSENDJOBFINISH";
  /** A 64-bit integer. */
  readonly MsgID: string;
  readonly Status: string;
  /** An integer. */
  readonly TotalCount: string;
  /** An integer. */
  readonly FilterCount: string;
  /** An integer. */
  readonly SentCount: string;
  /** An integer. */
  readonly ErrorCount: string;
  readonly CopyrightCheckResult: {
    /** An integer. */
    readonly Count: string;
    readonly ResultList: {
      readonly item: readonly {
        /** An integer. */
        readonly ArticleIdx: string;
        /** An integer. */
        readonly UserDeclareState: string;
        /** An integer. */
        readonly AuditState: string;
        readonly OriginalArticleUrl: string;
        /** An integer. */
        readonly OriginalArticleType: string;
        /** An integer. */
        readonly CanReprint: string;
        /** An integer. */
        readonly NeedReplaceContent: string;
        /** An integer. */
        readonly NeedShowReprintSource: string;
      }[];
    };
    /** An integer. */
    readonly CheckState: string;
  };
  readonly ArticleUrlResult: {
    /** An integer. */
    readonly Count: string;
    readonly ResultList: {
      readonly item: readonly {
        /** An integer. */
        readonly ArticleIdx: string;
        readonly ArticleUrl: string;
      }[];
    };
  };
}

/**
 * Official Account (公众号): event `TEMPLATESENDJOBFINISH`.
 *
 * - `system-failed`: space after the colon; failed:freq limit was seen in the field without one
 *
 * May be answered with `success` or nothing.
 *
 * @see https://developers.weixin.qq.com/doc/offiaccount/Message_Management/Template_Message_Interface.html
 */
export interface OaTemplatesendjobfinishEvent extends PushEnvelope {
  readonly MsgType: "event";
  readonly Event: "TEMPLATESENDJOBFINISH";
  /** A 64-bit integer. */
  readonly MsgID: string;
  readonly Status: string;
}

/**
 * Official Account (公众号): event `PUBLISHJOBFINISH`.
 *
 * - `original-check-failed`: fail_idx repeats as sibling elements
 *
 * May be answered with `success` or nothing.
 * The fields are those that SDKs read; no official list of them was found.
 *
 * @see https://developers.weixin.qq.com/doc/offiaccount/Publish/Callback_on_finish.html
 */
export interface OaPublishjobfinishEvent extends PushEnvelope {
  readonly MsgType: "event";
  readonly Event: "PUBLISHJOBFINISH";
  readonly PublishEventInfo: {
    /** A 64-bit integer. */
    readonly publish_id: string;
    /** An integer. */
    readonly publish_status: string;
    readonly article_id?: string;
    readonly article_detail?: {
      /** An integer. */
      readonly count: string;
      readonly item: readonly {
        /** An integer. */
        readonly idx: string;
        readonly article_url: string;
      }[];
    };
    /** An integer. */
    readonly fail_idx?: readonly string[];
  };
}

/**
 * Official Account (公众号): event `subscribe_msg_popup_event`.
 *
 * May be answered with `success` or nothing.
 *
 * @see https://developers.weixin.qq.com/doc/service/guide/product/subscription_messages/push.html
 */
export interface OaSubscribeMsgPopupEvent extends PushEnvelope {
  readonly MsgType: "event";
  readonly Event: "subscribe_msg_popup_event";
  readonly SubscribeMsgPopupEvent: {
    readonly List: readonly {
      readonly TemplateId: string;
      readonly SubscribeStatusString: string;
      /** An integer. */
      readonly PopupScene: string;
    }[];
  };
}

/**
 * Official Account (公众号): event `subscribe_msg_change_event`.
 *
 * - `popup-wrapper`: an earlier official sample wrapped this event in SubscribeMsgPopupEvent: accept either wrapper
 *
 * May be answered with `success` or nothing.
 *
 * @see https://developers.weixin.qq.com/doc/service/guide/product/subscription_messages/push.html
 * @see https://developers.weixin.qq.com/community/minihome/doc/00028ecb2945f847f5abc9f1551800
 */
export interface OaSubscribeMsgChangeEvent extends PushEnvelope {
  readonly MsgType: "event";
  readonly Event: "subscribe_msg_change_event";
  readonly SubscribeMsgChangeEvent?: {
    readonly List: readonly {
      readonly TemplateId: string;
      readonly SubscribeStatusString: string;
    }[];
  };
  readonly SubscribeMsgPopupEvent?: {
    readonly List: readonly {
      readonly TemplateId: string;
      readonly SubscribeStatusString: string;
    }[];
  };
}

/**
 * Official Account (公众号): event `subscribe_msg_sent_event`.
 *
 * May be answered with `success` or nothing.
 *
 * @see https://developers.weixin.qq.com/doc/service/guide/product/subscription_messages/push.html
 */
export interface OaSubscribeMsgSentEvent extends PushEnvelope {
  readonly MsgType: "event";
  readonly Event: "subscribe_msg_sent_event";
  readonly SubscribeMsgSentEvent: {
    readonly List: readonly {
      readonly TemplateId: string;
      /** A 64-bit integer. */
      readonly MsgID: string;
      /** An integer. */
      readonly ErrorCode: string;
      readonly ErrorStatus: string;
    }[];
  };
}

/**
 * Official Account (公众号): event `kf_create_session`.
 *
 * May be answered with `success` or nothing.
 * The fields are those that SDKs read; no official list of them was found.
 *
 * @see https://developers.weixin.qq.com/doc/offiaccount/Customer_Service/Session_control.html
 */
export interface OaKfCreateSessionEvent extends PushEnvelope {
  readonly MsgType: "event";
  readonly Event: "kf_create_session";
  readonly KfAccount: string;
}

/**
 * Official Account (公众号): event `kf_close_session`.
 *
 * May be answered with `success` or nothing.
 * The fields are those that SDKs read; no official list of them was found.
 *
 * @see https://developers.weixin.qq.com/doc/offiaccount/Customer_Service/Session_control.html
 */
export interface OaKfCloseSessionEvent extends PushEnvelope {
  readonly MsgType: "event";
  readonly Event: "kf_close_session";
  readonly KfAccount: string;
}

/**
 * Official Account (公众号): event `kf_switch_session`.
 *
 * May be answered with `success` or nothing.
 * The fields are those that SDKs read; no official list of them was found.
 *
 * @see https://developers.weixin.qq.com/doc/offiaccount/Customer_Service/Session_control.html
 */
export interface OaKfSwitchSessionEvent extends PushEnvelope {
  readonly MsgType: "event";
  readonly Event: "kf_switch_session";
  readonly FromKfAccount: string;
  readonly ToKfAccount: string;
}

/**
 * Official Account (公众号): event `user_info_modified`.
 *
 * May be answered with `success` or nothing.
 * The fields are those that SDKs read; no official list of them was found.
 *
 * @see https://developers.weixin.qq.com/doc/offiaccount/OA_Web_Apps/authorization_change.html
 */
export interface OaUserInfoModifiedEvent extends PushEnvelope {
  readonly MsgType: "event";
  readonly Event: "user_info_modified";
  readonly OpenID: string;
  readonly AppID: string;
  readonly RevokeInfo: string;
}

/**
 * Official Account (公众号): event `user_authorization_revoke`.
 *
 * May be answered with `success` or nothing.
 * The fields are those that SDKs read; no official list of them was found.
 *
 * @see https://developers.weixin.qq.com/doc/offiaccount/OA_Web_Apps/authorization_change.html
 */
export interface OaUserAuthorizationRevokeEvent extends PushEnvelope {
  readonly MsgType: "event";
  readonly Event: "user_authorization_revoke";
  readonly OpenID: string;
  readonly AppID: string;
  readonly RevokeInfo: string;
}

/**
 * Official Account (公众号): event `user_authorization_cancellation`.
 *
 * May be answered with `success` or nothing.
 * The fields are those that SDKs read; no official list of them was found.
 *
 * @see https://developers.weixin.qq.com/doc/offiaccount/OA_Web_Apps/authorization_change.html
 */
export interface OaUserAuthorizationCancellationEvent extends PushEnvelope {
  readonly MsgType: "event";
  readonly Event: "user_authorization_cancellation";
  readonly OpenID: string;
  readonly AppID: string;
  readonly RevokeInfo: string;
}

/**
 * Official Account (公众号): event `qualification_verify_success`.
 *
 * May be answered with `success` or nothing.
 *
 * @see https://developers.weixin.qq.com/doc/service/guide/product/Accreditation.html
 */
export interface OaQualificationVerifySuccessEvent extends PushEnvelope {
  readonly MsgType: "event";
  readonly Event: "qualification_verify_success";
  /** Unix time in seconds. */
  readonly ExpiredTime: string;
}

/**
 * Official Account (公众号): event `qualification_verify_fail`.
 *
 * May be answered with `success` or nothing.
 *
 * @see https://developers.weixin.qq.com/doc/service/guide/product/Accreditation.html
 */
export interface OaQualificationVerifyFailEvent extends PushEnvelope {
  readonly MsgType: "event";
  readonly Event: "qualification_verify_fail";
  /** Unix time in seconds. */
  readonly FailTime: string;
  readonly FailReason: string;
}

/**
 * Official Account (公众号): event `naming_verify_success`.
 *
 * May be answered with `success` or nothing.
 *
 * @see https://developers.weixin.qq.com/doc/service/guide/product/Accreditation.html
 */
export interface OaNamingVerifySuccessEvent extends PushEnvelope {
  readonly MsgType: "event";
  readonly Event: "naming_verify_success";
  /** Unix time in seconds. */
  readonly ExpiredTime: string;
}

/**
 * Official Account (公众号): event `naming_verify_fail`.
 *
 * May be answered with `success` or nothing.
 *
 * @see https://developers.weixin.qq.com/doc/service/guide/product/Accreditation.html
 */
export interface OaNamingVerifyFailEvent extends PushEnvelope {
  readonly MsgType: "event";
  readonly Event: "naming_verify_fail";
  /** Unix time in seconds. */
  readonly FailTime: string;
  readonly FailReason: string;
}

/**
 * Official Account (公众号): event `annual_renew`.
 *
 * May be answered with `success` or nothing.
 *
 * @see https://developers.weixin.qq.com/doc/service/guide/product/Accreditation.html
 */
export interface OaAnnualRenewEvent extends PushEnvelope {
  readonly MsgType: "event";
  readonly Event: "annual_renew";
  /** Unix time in seconds. */
  readonly ExpiredTime: string;
}

/**
 * Official Account (公众号): event `verify_expired`.
 *
 * May be answered with `success` or nothing.
 *
 * @see https://developers.weixin.qq.com/doc/service/guide/product/Accreditation.html
 */
export interface OaVerifyExpiredEvent extends PushEnvelope {
  readonly MsgType: "event";
  readonly Event: "verify_expired";
  /** Unix time in seconds. */
  readonly ExpiredTime: string;
}

/**
 * Official Account (公众号): event `guide_qrcode_scan_event`.
 *
 * May be answered with `success` or nothing.
 * The fields are those that SDKs read; no official list of them was found.
 *
 * @see https://developers.weixin.qq.com/doc/offiaccount/Shopping_Guide/guide-account/shopping-guide.onGuideCreateQrCode.html
 */
export interface OaGuideQrcodeScanEvent extends PushEnvelope {
  readonly MsgType: "event";
  readonly Event: "guide_qrcode_scan_event";
  readonly GuideScanEvent: {
    readonly qrcode_guide_account: string;
    readonly qrcode_guide_openid: string;
    readonly openid: string;
    /** An integer. */
    readonly action: string;
    readonly qrcode_info: string;
  };
}

/**
 * Official Account (公众号): event `poi_check_notify`.
 *
 * May be answered with `success` or nothing.
 * The fields are those that SDKs read; no official list of them was found.
 *
 * @see https://developers.weixin.qq.com/doc/offiaccount/WeChat_Stores/WeChat_Store_Interface.html
 */
export interface OaPoiCheckNotifyEvent extends PushEnvelope {
  readonly MsgType: "event";
  readonly Event: "poi_check_notify";
  readonly UniqId: string;
  readonly PoiId: string;
  readonly Result: string;
  readonly Msg: string;
}

/**
 * Official Account (公众号): event `WifiConnected`.
 *
 * - legacy
 *
 * May be answered with `success` or nothing.
 * The fields are those that SDKs read; no official list of them was found.
 *
 * @see SDK: JeffreySu/WeiXinMPSDK RequestMessageEvent_WifiConnected
 */
export interface OaWifiConnectedEvent extends PushEnvelope {
  readonly MsgType: "event";
  readonly Event: "WifiConnected";
  /** Unix time in seconds. */
  readonly ConnectTime: string;
  /** Unix time in seconds. */
  readonly ExpireTime: string;
  readonly VendorId: string;
  readonly PlaceId: string;
  readonly DeviceNo: string;
}

/**
 * Official Account (公众号): event `ShakearoundUserShake`.
 *
 * - legacy
 *
 * May be answered with `success` or nothing.
 * The fields are those that SDKs read; no official list of them was found.
 *
 * @see SDK: JeffreySu/WeiXinMPSDK RequestMessageEvent_ShakearoundUserShake
 */
export interface OaShakearoundUserShakeEvent extends PushEnvelope {
  readonly MsgType: "event";
  readonly Event: "ShakearoundUserShake";
  readonly ChosenBeacon: {
    readonly Uuid: string;
    /** An integer. */
    readonly Major: string;
    /** An integer. */
    readonly Minor: string;
    /** A decimal number. */
    readonly Distance: string;
  };
  readonly AroundBeacons: {
    readonly AroundBeacon: readonly {
      readonly Uuid: string;
      /** An integer. */
      readonly Major: string;
      /** An integer. */
      readonly Minor: string;
      /** A decimal number. */
      readonly Distance: string;
    }[];
  };
}

/**
 * Official Account (公众号): event `merchant_order`.
 *
 * - legacy
 *
 * May be answered with `success` or nothing.
 * The fields are those that SDKs read; no official list of them was found.
 *
 * @see https://developers.weixin.qq.com/doc/offiaccount/WeChat_Stores/WeChat_Store_Interface.html
 */
export interface OaMerchantOrderEvent extends PushEnvelope {
  readonly MsgType: "event";
  readonly Event: "merchant_order";
  readonly OrderId: string;
  /** An integer. */
  readonly OrderStatus: string;
  readonly ProductId: string;
  readonly SkuInfo: string;
}

/**
 * Official Account (公众号): event `card_pass_check`.
 *
 * May be answered with `success` or nothing.
 * The fields are those that SDKs read; no official list of them was found.
 *
 * @see https://developers.weixin.qq.com/doc/offiaccount/Cards_and_Offer/Coupons_Vouchers_and_Cards_Event_Push_Messages.html
 */
export interface OaCardPassCheckEvent extends PushEnvelope {
  readonly MsgType: "event";
  readonly Event: "card_pass_check";
  readonly CardId: string;
}

/**
 * Official Account (公众号): event `card_not_pass_check`.
 *
 * May be answered with `success` or nothing.
 * The fields are those that SDKs read; no official list of them was found.
 *
 * @see https://developers.weixin.qq.com/doc/offiaccount/Cards_and_Offer/Coupons_Vouchers_and_Cards_Event_Push_Messages.html
 */
export interface OaCardNotPassCheckEvent extends PushEnvelope {
  readonly MsgType: "event";
  readonly Event: "card_not_pass_check";
  readonly CardId: string;
  readonly RefuseReason: string;
}

/**
 * Official Account (公众号): event `user_get_card`.
 *
 * May be answered with `success` or nothing.
 * The fields are those that SDKs read; no official list of them was found.
 *
 * @see https://developers.weixin.qq.com/doc/offiaccount/Cards_and_Offer/Coupons_Vouchers_and_Cards_Event_Push_Messages.html
 */
export interface OaUserGetCardEvent extends PushEnvelope {
  readonly MsgType: "event";
  readonly Event: "user_get_card";
  readonly CardId: string;
  /** An integer. */
  readonly IsGiveByFriend: string;
  readonly UserCardCode: string;
  readonly FriendUserName: string;
  /** A 64-bit integer. */
  readonly OuterId: string;
  readonly OldUserCardCode: string;
  readonly OuterStr: string;
  /** An integer. */
  readonly IsRestoreMemberCard: string;
  /** An integer. */
  readonly IsRecommendByFriend: string;
  readonly UnionId?: string;
}

/**
 * Official Account (公众号): event `user_gifting_card`.
 *
 * May be answered with `success` or nothing.
 * The fields are those that SDKs read; no official list of them was found.
 *
 * @see https://developers.weixin.qq.com/doc/offiaccount/Cards_and_Offer/Coupons_Vouchers_and_Cards_Event_Push_Messages.html
 */
export interface OaUserGiftingCardEvent extends PushEnvelope {
  readonly MsgType: "event";
  readonly Event: "user_gifting_card";
  readonly CardId: string;
  readonly UserCardCode: string;
  /** An integer. */
  readonly IsReturnBack: string;
  readonly FriendUserName: string;
  /** An integer. */
  readonly IsChatRoom: string;
}

/**
 * Official Account (公众号): event `user_del_card`.
 *
 * May be answered with `success` or nothing.
 * The fields are those that SDKs read; no official list of them was found.
 *
 * @see https://developers.weixin.qq.com/doc/offiaccount/Cards_and_Offer/Coupons_Vouchers_and_Cards_Event_Push_Messages.html
 */
export interface OaUserDelCardEvent extends PushEnvelope {
  readonly MsgType: "event";
  readonly Event: "user_del_card";
  readonly CardId: string;
  readonly UserCardCode: string;
}

/**
 * Official Account (公众号): event `user_consume_card`.
 *
 * May be answered with `success` or nothing.
 * The fields are those that SDKs read; no official list of them was found.
 *
 * @see https://developers.weixin.qq.com/doc/offiaccount/Cards_and_Offer/Coupons_Vouchers_and_Cards_Event_Push_Messages.html
 */
export interface OaUserConsumeCardEvent extends PushEnvelope {
  readonly MsgType: "event";
  readonly Event: "user_consume_card";
  readonly CardId: string;
  readonly UserCardCode: string;
  readonly ConsumeSource: string;
  readonly LocationName: string;
  readonly StaffOpenId: string;
  readonly VerifyCode: string;
  readonly RemarkAmount: string;
  readonly OuterStr: string;
}

/**
 * Official Account (公众号): event `user_pay_from_pay_cell`.
 *
 * May be answered with `success` or nothing.
 * The fields are those that SDKs read; no official list of them was found.
 *
 * @see https://developers.weixin.qq.com/doc/offiaccount/Cards_and_Offer/Coupons_Vouchers_and_Cards_Event_Push_Messages.html
 */
export interface OaUserPayFromPayCellEvent extends PushEnvelope {
  readonly MsgType: "event";
  readonly Event: "user_pay_from_pay_cell";
  readonly CardId: string;
  readonly UserCardCode: string;
  readonly TransId: string;
  /** A 64-bit integer. */
  readonly LocationId: string;
  /** An integer. */
  readonly Fee: string;
  /** An integer. */
  readonly OriginalFee: string;
}

/**
 * Official Account (公众号): event `user_view_card`.
 *
 * May be answered with `success` or nothing.
 * The fields are those that SDKs read; no official list of them was found.
 *
 * @see https://developers.weixin.qq.com/doc/offiaccount/Cards_and_Offer/Coupons_Vouchers_and_Cards_Event_Push_Messages.html
 */
export interface OaUserViewCardEvent extends PushEnvelope {
  readonly MsgType: "event";
  readonly Event: "user_view_card";
  readonly CardId: string;
  readonly UserCardCode: string;
  readonly OuterStr: string;
}

/**
 * Official Account (公众号): event `user_enter_session_from_card`.
 *
 * May be answered with `success` or nothing.
 * The fields are those that SDKs read; no official list of them was found.
 *
 * @see https://developers.weixin.qq.com/doc/offiaccount/Cards_and_Offer/Coupons_Vouchers_and_Cards_Event_Push_Messages.html
 */
export interface OaUserEnterSessionFromCardEvent extends PushEnvelope {
  readonly MsgType: "event";
  readonly Event: "user_enter_session_from_card";
  readonly CardId: string;
  readonly UserCardCode: string;
}

/**
 * Official Account (公众号): event `update_member_card`.
 *
 * May be answered with `success` or nothing.
 * The fields are those that SDKs read; no official list of them was found.
 *
 * @see https://developers.weixin.qq.com/doc/offiaccount/Cards_and_Offer/Coupons_Vouchers_and_Cards_Event_Push_Messages.html
 */
export interface OaUpdateMemberCardEvent extends PushEnvelope {
  readonly MsgType: "event";
  readonly Event: "update_member_card";
  readonly CardId: string;
  readonly UserCardCode: string;
  /** An integer. */
  readonly ModifyBonus: string;
  /** An integer. */
  readonly ModifyBalance: string;
}

/**
 * Official Account (公众号): event `card_sku_remind`.
 *
 * May be answered with `success` or nothing.
 * The fields are those that SDKs read; no official list of them was found.
 *
 * @see https://developers.weixin.qq.com/doc/offiaccount/Cards_and_Offer/Coupons_Vouchers_and_Cards_Event_Push_Messages.html
 */
export interface OaCardSkuRemindEvent extends PushEnvelope {
  readonly MsgType: "event";
  readonly Event: "card_sku_remind";
  readonly CardId: string;
  readonly Detail: string;
}

/**
 * Official Account (公众号): event `card_pay_order`.
 *
 * - counts arrive as CDATA strings
 *
 * May be answered with `success` or nothing.
 * The fields are those that SDKs read; no official list of them was found.
 *
 * @see https://developers.weixin.qq.com/doc/offiaccount/Cards_and_Offer/Coupons_Vouchers_and_Cards_Event_Push_Messages.html
 */
export interface OaCardPayOrderEvent extends PushEnvelope {
  readonly MsgType: "event";
  readonly Event: "card_pay_order";
  readonly OrderId: string;
  readonly Status: string;
  /** Unix time in seconds. */
  readonly CreateOrderTime: string;
  /** Unix time in seconds. */
  readonly PayFinishTime: string;
  readonly Desc: string;
  readonly FreeCoinCount: string;
  readonly PayCoinCount: string;
  readonly RefundFreeCoinCount: string;
  readonly RefundPayCoinCount: string;
  readonly OrderType: string;
  readonly Memo: string;
  readonly ReceiptInfo: string;
}

/**
 * Official Account (公众号): event `submit_membercard_user_info`.
 *
 * May be answered with `success` or nothing.
 * The fields are those that SDKs read; no official list of them was found.
 *
 * @see https://developers.weixin.qq.com/doc/offiaccount/Cards_and_Offer/Coupons_Vouchers_and_Cards_Event_Push_Messages.html
 */
export interface OaSubmitMembercardUserInfoEvent extends PushEnvelope {
  readonly MsgType: "event";
  readonly Event: "submit_membercard_user_info";
  readonly CardId: string;
  readonly UserCardCode: string;
}

/**
 * Official Account (公众号): event `card_merchant_check_result`.
 *
 * May be answered with `success` or nothing.
 * The fields are those that SDKs read; no official list of them was found.
 *
 * @see https://developers.weixin.qq.com/doc/offiaccount/Cards_and_Offer/Third-party_developer_mode.html
 */
export interface OaCardMerchantCheckResultEvent extends PushEnvelope {
  readonly MsgType: "event";
  readonly Event: "card_merchant_check_result";
  readonly MerchantId: string;
  /** An integer. */
  readonly IsPass: string;
  readonly Reason: string;
}

/**
 * Official Account (公众号): event `giftcard_pay_done`.
 *
 * May be answered with `success` or nothing.
 * The fields are those that SDKs read; no official list of them was found.
 *
 * @see https://developers.weixin.qq.com/doc/offiaccount/Cards_and_Offer/gift_card.html
 */
export interface OaGiftcardPayDoneEvent extends PushEnvelope {
  readonly MsgType: "event";
  readonly Event: "giftcard_pay_done";
  readonly PageId: string;
  readonly OrderId: string;
}

/**
 * Official Account (公众号): event `giftcard_send_to_friend`.
 *
 * May be answered with `success` or nothing.
 * The fields are those that SDKs read; no official list of them was found.
 *
 * @see https://developers.weixin.qq.com/doc/offiaccount/Cards_and_Offer/gift_card.html
 */
export interface OaGiftcardSendToFriendEvent extends PushEnvelope {
  readonly MsgType: "event";
  readonly Event: "giftcard_send_to_friend";
  readonly PageId: string;
  readonly OrderId: string;
  /** A boolean. */
  readonly IsChatRoom: string;
  /** A boolean. */
  readonly IsReturnBack: string;
}

/**
 * Official Account (公众号): event `giftcard_user_accept`.
 *
 * May be answered with `success` or nothing.
 * The fields are those that SDKs read; no official list of them was found.
 *
 * @see https://developers.weixin.qq.com/doc/offiaccount/Cards_and_Offer/gift_card.html
 */
export interface OaGiftcardUserAcceptEvent extends PushEnvelope {
  readonly MsgType: "event";
  readonly Event: "giftcard_user_accept";
  readonly PageId: string;
  readonly OrderId: string;
  /** A boolean. */
  readonly IsChatRoom: string;
}

/**
 * Official Account (公众号): event `user_authorize_invoice`.
 *
 * May be answered with `success` or nothing.
 * The fields are those that SDKs read; no official list of them was found.
 *
 * @see https://developers.weixin.qq.com/doc/offiaccount/WeChat_Invoice/E_Invoice/Vendor_API_List.html
 */
export interface OaUserAuthorizeInvoiceEvent extends PushEnvelope {
  readonly MsgType: "event";
  readonly Event: "user_authorize_invoice";
  readonly SuccOrderId: string;
  readonly FailOrderId: string;
  readonly AppId: string;
  readonly Source: string;
}

/**
 * Official Account (公众号): event `update_invoice_status`.
 *
 * May be answered with `success` or nothing.
 * The fields are those that SDKs read; no official list of them was found.
 *
 * @see https://developers.weixin.qq.com/doc/offiaccount/WeChat_Invoice/E_Invoice/Vendor_API_List.html
 */
export interface OaUpdateInvoiceStatusEvent extends PushEnvelope {
  readonly MsgType: "event";
  readonly Event: "update_invoice_status";
  readonly Status: string;
  readonly CardId: string;
  readonly Code: string;
}

/**
 * Official Account (公众号): event `submit_invoice_title`.
 *
 * May be answered with `success` or nothing.
 * The fields are those that SDKs read; no official list of them was found.
 *
 * @see https://developers.weixin.qq.com/doc/offiaccount/WeChat_Invoice/E_Invoice/Vendor_API_List.html
 */
export interface OaSubmitInvoiceTitleEvent extends PushEnvelope {
  readonly MsgType: "event";
  readonly Event: "submit_invoice_title";
  readonly title: string;
  readonly phone: string;
  readonly tax_no: string;
  readonly addr: string;
  readonly bank_type: string;
  readonly bank_no: string;
  readonly attach: string;
  readonly title_type: string;
}

/**
 * Official Account (公众号): event `cloud_invoice_invoiceresult_event`.
 *
 * May be answered with `success` or nothing.
 * The fields are those that SDKs read; no official list of them was found.
 *
 * @see https://developers.weixin.qq.com/doc/offiaccount/WeChat_Invoice/E_Invoice/Vendor_API_List.html
 */
export interface OaCloudInvoiceInvoiceresultEvent extends PushEnvelope {
  readonly MsgType: "event";
  readonly Event: "cloud_invoice_invoiceresult_event";
  readonly fpqqlsh: string;
  /** An integer. */
  readonly status: string;
  readonly nsrsbh: string;
}

/**
 * Official Account (公众号): event `apply_merchant_audit_info`.
 *
 * May be answered with `success` or nothing.
 * The fields are those that SDKs read; no official list of them was found.
 *
 * @see https://developers.weixin.qq.com/doc/offiaccount/WeChat_Stores/WeChat_Shop_Miniprogram_Interface.html
 */
export interface OaApplyMerchantAuditInfoEvent extends PushEnvelope {
  readonly MsgType: "event";
  readonly Event: "apply_merchant_audit_info";
  /** A 64-bit integer. */
  readonly audit_id: string;
  /** An integer. */
  readonly status: string;
  readonly reason: string;
}

/**
 * Official Account (公众号): event `create_map_poi_audit_info`.
 *
 * May be answered with `success` or nothing.
 * The fields are those that SDKs read; no official list of them was found.
 *
 * @see https://developers.weixin.qq.com/doc/offiaccount/WeChat_Stores/WeChat_Shop_Miniprogram_Interface.html
 */
export interface OaCreateMapPoiAuditInfoEvent extends PushEnvelope {
  readonly MsgType: "event";
  readonly Event: "create_map_poi_audit_info";
  /** A 64-bit integer. */
  readonly audit_id: string;
  /** An integer. */
  readonly status: string;
  readonly map_poi_id: string;
  readonly name: string;
  readonly address: string;
  /** A decimal number. */
  readonly latitude: string;
  /** A decimal number. */
  readonly longitude: string;
  readonly sh_remark: string;
}

/**
 * Official Account (公众号): event `add_store_audit_info`.
 *
 * May be answered with `success` or nothing.
 * The fields are those that SDKs read; no official list of them was found.
 *
 * @see https://developers.weixin.qq.com/doc/offiaccount/WeChat_Stores/WeChat_Shop_Miniprogram_Interface.html
 */
export interface OaAddStoreAuditInfoEvent extends PushEnvelope {
  readonly MsgType: "event";
  readonly Event: "add_store_audit_info";
  /** A 64-bit integer. */
  readonly audit_id: string;
  /** An integer. */
  readonly status: string;
  readonly reason: string;
  /** An integer. */
  readonly is_upgrade: string;
  readonly poiid: string;
}

/**
 * Official Account (公众号): event `modify_store_audit_info`.
 *
 * May be answered with `success` or nothing.
 * The fields are those that SDKs read; no official list of them was found.
 *
 * @see https://developers.weixin.qq.com/doc/offiaccount/WeChat_Stores/WeChat_Shop_Miniprogram_Interface.html
 */
export interface OaModifyStoreAuditInfoEvent extends PushEnvelope {
  readonly MsgType: "event";
  readonly Event: "modify_store_audit_info";
  /** A 64-bit integer. */
  readonly audit_id: string;
  /** An integer. */
  readonly status: string;
  readonly reason: string;
}

/**
 * Official Account (公众号): event `debug_demo`.
 *
 * - sent by the console message-push debugger; used in the official crypto vector
 *
 * May be answered with `success` or nothing.
 *
 * @see https://developers.weixin.qq.com/doc/subscription/guide/dev/push/
 */
export interface OaDebugDemoEvent extends PushEnvelope {
  readonly MsgType: "event";
  readonly Event: "debug_demo";
  readonly debug_str: string;
}

/**
 * Official Account (公众号): event `wx_verify_pay_succ`.
 *
 * May be answered with `success` or nothing.
 * The fields are those that SDKs read; no official list of them was found.
 *
 * @see SDK: Senparc.Weixin.WxOpen RequestMessageEvent_WxVerifyPaySucc; seen on an Official Account: https://developers.weixin.qq.com/community/pay/doc/0006a687174fe089d87a8ebea56000
 */
export interface OaWxVerifyPaySuccEvent extends PushEnvelope {
  readonly MsgType: "event";
  readonly Event: "wx_verify_pay_succ";
  readonly OrderId: string;
}
