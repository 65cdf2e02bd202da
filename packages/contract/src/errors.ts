/**
 * The one catalogue of errors: what an interface may answer when it cannot do what was asked.
 * Sent as RFC 9457 problem documents, with `code`, `status`, `title`, `detail`, `whatToDo` and, where it helps, `errors`.
 */
export type ErrorEntry = {
  readonly status: number
  /** What happened, in one sentence. */
  readonly sentence: string
  readonly sentenceZh: string
  readonly whatToDo: string
  readonly whatToDoZh: string
  /** The same request may succeed later without being changed. */
  readonly retryable: boolean
  /** An operator should hear of it. */
  readonly reportable: boolean
}

const entry = (
  status: number,
  sentence: string,
  whatToDo: string,
  sentenceZh: string,
  whatToDoZh: string,
  flags: { retryable?: boolean; reportable?: boolean } = {},
): ErrorEntry => ({
  status,
  sentence,
  sentenceZh,
  whatToDo,
  whatToDoZh,
  retryable: flags.retryable ?? false,
  reportable: flags.reportable ?? false,
})

export const errors = {
  invalid_request: entry(
    400,
    'The request does not have the documented form.',
    'Compare it with the operation in /docs; `errors` names each field.',
    '请求的格式与文档不符。',
    '对照 /docs 中的接口说明修改，`errors` 列出了每个字段。',
  ),
  malformed_json: entry(
    400,
    'The body is not valid JSON.',
    'Send UTF-8 JSON with Content-Type application/json.',
    '请求体不是合法的 JSON。',
    '请发送 UTF-8 编码的 JSON。',
  ),
  invalid_configuration: entry(
    400,
    'The configuration document cannot be applied.',
    'Correct the fields listed in `errors`; nothing was changed.',
    '配置文件无法应用。',
    '修改 `errors` 中列出的字段；没有任何内容被改动。',
  ),
  unauthenticated: entry(
    401,
    'No valid access token was given.',
    'Sign in, or send Authorization: Bearer with a token that has not ended.',
    '没有有效的访问令牌。',
    '请重新登录，或使用未过期的令牌。',
  ),
  sign_in_refused: entry(
    401,
    'Name, password or code is not right.',
    'Check them; after several failures wait a little. An administrator can issue a reset link.',
    '账号、密码或验证码不正确。',
    '请检查后重试；多次失败后请稍候，管理员可生成重置链接。',
  ),
  second_factor_required: entry(
    401,
    'This agent also signs in with a one-time code.',
    'Send the current six digits of the authenticator as `totp`.',
    '该客服需要动态验证码。',
    '请输入验证器中的 6 位数字。',
  ),
  link_expired: entry(
    401,
    'This one-time link was used already or is older than 30 minutes.',
    'Ask for a new one: `duoke start` prints it, an administrator can create one.',
    '一次性链接已使用或已过期（30 分钟）。',
    '请重新获取：`duoke start` 会打印新链接，管理员也可以生成。',
  ),
  insufficient_scope: entry(
    403,
    'The token does not have the scope that this operation needs.',
    'Use a token with the scope named in `detail`.',
    '令牌缺少此操作所需的权限。',
    '请使用具有 `detail` 所列权限的令牌。',
  ),
  not_permitted: entry(
    403,
    'Your role does not allow this here.',
    'Ask a supervisor or an administrator.',
    '你的角色不能这样做。',
    '请联系主管或管理员。',
  ),
  cross_site: entry(
    403,
    'The request came from another site.',
    'Open the console itself and try again.',
    '请求来自其他网站。',
    '请直接在控制台中操作。',
  ),
  not_found: entry(
    404,
    'There is nothing at this address for you.',
    'Check the id; what belongs to another organization is not shown.',
    '此处没有可供你查看的内容。',
    '请检查编号；其他组织的内容不会显示。',
  ),
  method_not_allowed: entry(
    405,
    'This address does not answer that method.',
    'See /docs for the methods it has.',
    '该地址不支持此方法。',
    '请查看 /docs。',
  ),
  request_timeout: entry(
    408,
    'The request took too long to arrive.',
    'Send it again at once.',
    '请求传输超时。',
    '请重新发送。',
    { retryable: true },
  ),
  held_by_another: entry(
    409,
    'Somebody else holds this conversation now.',
    'See `holder`; ask for a transfer, or let a supervisor act.',
    '该对话已由他人接待。',
    '请查看当前接待人，可请对方转接。',
  ),
  offered_to_another: entry(
    409,
    'This conversation is being offered to another agent.',
    'Wait until the offer has run out, or let a supervisor act.',
    '该对话正在询问其他客服是否接入。',
    '请等待询问结束，或由主管处理。',
  ),
  not_offered: entry(
    409,
    'This conversation is not offered to you, or not any more.',
    'See its `offer` and `holder`.',
    '该对话没有（或不再）等待你接入。',
    '请查看该对话当前的状态。',
  ),
  not_held: entry(409, 'You do not hold this conversation.', 'Accept it first.', '你没有接待该对话。', '请先接入。'),
  already_closed: entry(
    409,
    'There is no open session in this conversation.',
    'Reopen it to go on.',
    '该对话没有进行中的会话。',
    '需要时可重新打开。',
  ),
  already_open: entry(
    409,
    'A session is open in this conversation already.',
    'Use accept or transfer.',
    '该对话已有进行中的会话。',
    '请使用接入或转接。',
  ),
  capacity_reached: entry(
    409,
    'The agent already serves as many customers as the capacity allows.',
    'End or transfer a session first.',
    '已达到最大接待数。',
    '请先结束或转接一个会话。',
  ),
  agent_unavailable: entry(
    409,
    'That agent cannot take a conversation now.',
    'Choose an agent who is online, or a team.',
    '该客服现在无法接待。',
    '请选择在线的客服或客服组。',
  ),
  app_unavailable: entry(
    409,
    'That app cannot take a conversation of this account now.',
    'Choose an app that is attached to the account, may read its messages and is not suspended.',
    '该应用现在无法接管此公众号的对话。',
    '请选择已接入该公众号、可读取消息且未被暂停的应用。',
  ),
  agent_offline: entry(
    409,
    'You are not online.',
    'Set your status to online first.',
    '你当前不在线。',
    '请先切换为在线。',
  ),
  idempotency_running: entry(
    409,
    'A request with this Idempotency-Key is still running.',
    'Wait for Retry-After and send it again unchanged.',
    '相同幂等键的请求仍在处理。',
    '请稍候用相同内容重试。',
    { retryable: true },
  ),
  taken: entry(
    409,
    'This id belongs to another organization of this installation.',
    'Choose another id, or remove it there first.',
    '该编号已被本系统的其他组织使用。',
    '请换一个编号，或先在原组织中移除。',
  ),
  changed_meanwhile: entry(
    409,
    'It was changed meanwhile.',
    'Read it again and repeat the change.',
    '内容已被他人修改。',
    '请刷新后重试。',
    { retryable: true },
  ),
  cursor_expired: entry(
    410,
    'This cursor is too old, forged, or from before a restore.',
    'Read the snapshot again and follow from its Duoke-Cursor.',
    '游标已失效（过旧、伪造或来自恢复之前）。',
    '请重新读取快照，并从其 Duoke-Cursor 继续。',
  ),
  media_expired: entry(
    410,
    'WeChat no longer holds this file and it could not be fetched in time.',
    'Ask the customer to send it again.',
    '微信已不再保存该文件，且未能及时取回。',
    '请让客户重新发送。',
  ),
  payload_too_large: entry(
    413,
    'The body is larger than this address accepts.',
    'See the limit in /docs; send less.',
    '请求体超过限制。',
    '请查看 /docs 中的限制。',
  ),
  unsupported_media_type: entry(
    415,
    'This kind of content is not accepted here.',
    'WeChat takes JPG, PNG, GIF pictures, AMR and MP3 voices, and MP4 videos.',
    '不支持该内容类型。',
    '微信支持 JPG、PNG、GIF 图片，AMR、MP3 语音和 MP4 视频。',
  ),
  idempotency_mismatch: entry(
    422,
    'This Idempotency-Key was used for a different request.',
    'Use a new key for a new request.',
    '该幂等键已用于另一个请求。',
    '新请求请使用新的幂等键。',
  ),
  window_closed: entry(
    422,
    'WeChat lets an account write only for a while after the customer did something; that time is over.',
    'Wait until the customer writes again.',
    '超过微信允许的时间（客户最后一次互动后 48 小时），不能主动回复。',
    '请等待客户再次发来消息。',
  ),
  quota_used: entry(
    422,
    'All messages that WeChat allows since the customer last did something are used.',
    'Wait until the customer writes again.',
    '微信允许的回复条数已用完。',
    '请等待客户再次发来消息。',
  ),
  content_refused: entry(
    422,
    'WeChat does not carry this content to followers.',
    'See `detail` for the limit; text may have 2048 bytes.',
    '微信不支持发送该内容。',
    '请查看 `detail`；文本最长 2048 字节。',
  ),
  customer_unreachable: entry(
    422,
    'The customer no longer follows the account.',
    'Nothing can be sent until the customer follows again.',
    '客户已取消关注。',
    '客户重新关注前无法发送。',
  ),
  reason_needed: entry(
    422,
    'This needs a reason.',
    "Give one of the organization's codes as `reason`.",
    '此操作需要填写原因。',
    '请选择一个原因。',
  ),
  reason_unknown: entry(
    422,
    'The organization has no such reason for this.',
    "Use one of the organization's codes.",
    '没有这个原因。',
    '请使用组织设置的原因。',
  ),
  limit_reached: entry(
    422,
    'There are as many of these as an organization may have.',
    'Remove some that are no longer used.',
    '数量已达到组织的上限。',
    '请先删除不再使用的内容。',
  ),
  tag_unknown: entry(
    422,
    'The organization has no such tag.',
    "Use one of the organization's tags, or add it to them.",
    '没有这个标签。',
    '请使用组织设置的标签，或先添加它。',
  ),
  too_many_tags: entry(
    422,
    'The customer would have more than 30 tags.',
    'Take others away first.',
    '客户的标签超过 30 个。',
    '请先移除其他标签。',
  ),
  disposition_needed: entry(
    422,
    'This session cannot be closed without saying what it was about.',
    "Give one of the organization's codes as `disposition`.",
    '结束会话前需要填写会话小结。',
    '请选择一项会话小结。',
  ),
  disposition_unknown: entry(
    422,
    'Your team has no such disposition.',
    'Use one of the codes listed in `detail`.',
    '没有这项会话小结。',
    '请使用组织为你的客服组设置的会话小结。',
  ),
  weak_password: entry(
    422,
    'The password is too short.',
    'Use at least 10 characters.',
    '密码太短。',
    '请使用至少 10 个字符。',
  ),
  too_many_requests: entry(
    429,
    'Too many requests in a short time.',
    'Wait for Retry-After.',
    '请求过于频繁。',
    '请按 Retry-After 等待。',
    { retryable: true },
  ),
  internal: entry(
    500,
    'Something went wrong on our side.',
    'Try again; if it stays, give the operator the `traceId`.',
    '服务器内部错误。',
    '请重试；若仍失败，请将 `traceId` 告知管理员。',
    { retryable: true, reportable: true },
  ),
  upstream_failed: entry(
    502,
    'WeChat did not give a usable answer.',
    'Try again later; `duoke doctor` examines the connection.',
    '微信没有给出有效应答。',
    '请稍后重试；可用 `duoke doctor` 检查连接。',
    { retryable: true, reportable: true },
  ),
  overloaded: entry(
    503,
    'More is arriving than can be taken right now; nothing was changed.',
    'Wait for Retry-After and send it again.',
    '系统繁忙，本次请求未被处理。',
    '请按 Retry-After 等待后重试。',
    { retryable: true },
  ),
  database_unavailable: entry(
    503,
    'The database does not answer; nothing was changed.',
    'Wait for Retry-After; an operator can run `duoke doctor`.',
    '数据库无应答，本次请求未被处理。',
    '请稍后重试；管理员可运行 `duoke doctor`。',
    { retryable: true, reportable: true },
  ),
  shutting_down: entry(
    503,
    'This server is stopping.',
    'Send it again; another server or the next start will take it.',
    '服务器正在停止。',
    '请重新发送。',
    { retryable: true },
  ),
} as const satisfies Record<string, ErrorEntry>

export type ErrorCode = keyof typeof errors

/** An RFC 9457 problem document as every interface of ours sends it. */
export type Problem = {
  readonly type: string
  readonly status: number
  readonly title: string
  readonly detail?: string
  readonly code: ErrorCode
  readonly whatToDo: string
  readonly retryable: boolean
  readonly traceId?: string
  readonly errors?: readonly { readonly path: string; readonly message: string }[]
  /** Who holds the conversation, when that is the reason. */
  readonly holder?: unknown
}
