/** What an event carries besides its envelope (protocol reference, sections 2.5 to 2.7). The case of names matters. */
export interface SubscribeBody {
  /** `qrscene_` and the scene, when the customer followed through a QR code with a parameter. */
  readonly eventKey?: string | undefined
  readonly ticket?: string | undefined
}

export interface UnsubscribeBody {
  readonly eventKey?: string | undefined
}

export interface ScanBody {
  /** The scene, without a prefix. */
  readonly eventKey: string
  readonly ticket?: string | undefined
}

export interface LocationReportBody {
  readonly latitude: number
  readonly longitude: number
  readonly precision: number
}

export interface ClickBody {
  readonly eventKey: string
}

export interface ViewBody {
  /** The URL, or the page's path for `view_miniprogram`. */
  readonly eventKey: string
  readonly menuId?: string | undefined
}

export interface ScanCodeBody {
  readonly eventKey: string
  readonly scanCodeInfo: { readonly scanType: string; readonly scanResult: string }
}

export interface PicturesBody {
  readonly eventKey: string
  readonly sendPicsInfo: { readonly count: number; readonly picList: readonly { readonly picMd5Sum: string }[] }
}

export interface LocationSelectBody {
  readonly eventKey: string
  readonly sendLocationInfo: {
    readonly latitude: number
    readonly longitude: number
    readonly scale?: number | undefined
    readonly label?: string | undefined
    readonly poiName?: string | undefined
  }
}

export interface SessionBody {
  readonly kfAccount: string
}

export interface SessionSwitchBody {
  readonly fromKfAccount: string
  readonly toKfAccount: string
}

export interface TemplateSentBody {
  readonly msgId: string
  /** `success`, `failed:user block` or `failed: system failed`. */
  readonly status: string
}

export interface MassSentBody {
  readonly msgId: string
  readonly status: string
  readonly totalCount?: number | undefined
  readonly filterCount?: number | undefined
  readonly sentCount?: number | undefined
  readonly errorCount?: number | undefined
  readonly copyrightCheck?: CopyrightCheck | undefined
  readonly articleUrls?: ArticleUrls | undefined
}

export interface CopyrightCheck {
  readonly count?: number | undefined
  readonly checkState?: number | undefined
  readonly resultList: readonly {
    readonly articleIdx: number
    readonly userDeclareState?: number | undefined
    readonly auditState?: number | undefined
    readonly originalArticleUrl?: string | undefined
    readonly originalArticleType?: number | undefined
    readonly canReprint?: number | undefined
    readonly needReplaceContent?: number | undefined
    readonly needShowReprintSource?: number | undefined
  }[]
}

export interface ArticleUrls {
  readonly count?: number | undefined
  readonly resultList: readonly { readonly articleIdx: number; readonly articleUrl: string }[]
}

export interface EnterSessionBody {
  readonly sessionFrom?: string | undefined
}

export interface EnterFromCardBody {
  readonly cardId: string
  readonly userCardCode?: string | undefined
}

export interface SubscriptionAnswer {
  readonly templateId: string
  /** `accept` or `reject`. */
  readonly subscribeStatusString: string
  readonly popupScene?: string | undefined
}

export interface SubscriptionAnswersBody {
  readonly list: readonly SubscriptionAnswer[]
}

export interface SubscriptionSentBody {
  readonly list: readonly {
    readonly templateId: string
    readonly msgId: string
    readonly errorCode?: string | undefined
    readonly errorStatus?: string | undefined
  }[]
}

export interface VerificationBody {
  readonly expiredTime?: number | undefined
  readonly failTime?: number | undefined
  readonly failReason?: string | undefined
}

export interface EventBodies {
  readonly subscribe: SubscribeBody
  readonly unsubscribe: UnsubscribeBody
  readonly SCAN: ScanBody
  readonly LOCATION: LocationReportBody
  readonly CLICK: ClickBody
  readonly VIEW: ViewBody
  readonly view_miniprogram: ViewBody
  readonly scancode_push: ScanCodeBody
  readonly scancode_waitmsg: ScanCodeBody
  readonly pic_sysphoto: PicturesBody
  readonly pic_photo_or_album: PicturesBody
  readonly pic_weixin: PicturesBody
  readonly location_select: LocationSelectBody
  readonly kf_create_session: SessionBody
  readonly kf_close_session: SessionBody
  readonly kf_switch_session: SessionSwitchBody
  readonly TEMPLATESENDJOBFINISH: TemplateSentBody
  readonly MASSSENDJOBFINISH: MassSentBody
  readonly user_enter_tempsession: EnterSessionBody
  readonly user_enter_session_from_card: EnterFromCardBody
  readonly subscribe_msg_popup_event: SubscriptionAnswersBody
  readonly subscribe_msg_change_event: SubscriptionAnswersBody
  readonly subscribe_msg_sent_event: SubscriptionSentBody
  readonly qualification_verify_success: VerificationBody
  readonly qualification_verify_fail: VerificationBody
  readonly naming_verify_success: VerificationBody
  readonly naming_verify_fail: VerificationBody
  readonly annual_renew: VerificationBody
  readonly verify_expired: VerificationBody
}

export type EventName = keyof EventBodies
