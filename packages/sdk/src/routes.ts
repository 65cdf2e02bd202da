import type { OperationId, operations } from '@duoke/contract'

type Declarations = typeof operations
type RouteOf<O extends OperationId> = `${Declarations[O]['method']} ${Declarations[O]['path']}`

/**
 * Method and path of every operation. The contract's own table carries its schemas, and with them a schema library that no
 * browser needs to load; the compiler holds this one to it in both directions, literally.
 */
export const routes = {
  signIn: 'POST /v1/sign-in',
  signInWithLink: 'POST /v1/sign-in/link',
  signOut: 'POST /v1/sign-out',
  listSignIns: 'GET /v1/me/sign-ins',
  endSignIn: 'DELETE /v1/me/sign-ins/{tokenId}',
  changePassword: 'PUT /v1/me/password',
  startTotp: 'POST /v1/me/totp',
  confirmTotp: 'PUT /v1/me/totp',
  removeTotp: 'DELETE /v1/me/totp',
  getMe: 'GET /v1/me',
  listTokens: 'GET /v1/tokens',
  createToken: 'POST /v1/tokens',
  endToken: 'DELETE /v1/tokens/{tokenId}',
  setPresence: 'PUT /v1/me/presence',
  listTeams: 'GET /v1/teams',
  listAgents: 'GET /v1/agents',
  getAgent: 'GET /v1/agents/{agentId}',
  changeAgent: 'PATCH /v1/agents/{agentId}',
  createSignInLink: 'POST /v1/agents/{agentId}/sign-in-link',
  conversationQuota: 'GET /v1/conversations/{conversationId}/quota',
  listCustomers: 'GET /v1/customers',
  getCustomer: 'GET /v1/customers/{customerId}',
  changeCustomerTags: 'PATCH /v1/customers/{customerId}/tags',
  blockCustomer: 'PUT /v1/customers/{customerId}/block',
  unblockCustomer: 'DELETE /v1/customers/{customerId}/block',
  setCustomerOwner: 'PUT /v1/customers/{customerId}/owner',
  customerQuota: 'GET /v1/customers/{customerId}/quota',
  listConversations: 'GET /v1/conversations',
  getConversation: 'GET /v1/conversations/{conversationId}',
  listMessages: 'GET /v1/conversations/{conversationId}/messages',
  searchMessages: 'GET /v1/messages',
  listMessageDays: 'GET /v1/conversations/{conversationId}/days',
  sendMessage: 'POST /v1/conversations/{conversationId}/messages',
  acceptConversation: 'POST /v1/conversations/{conversationId}/accept',
  declineConversation: 'POST /v1/conversations/{conversationId}/decline',
  transferConversation: 'POST /v1/conversations/{conversationId}/transfer',
  parkConversation: 'POST /v1/conversations/{conversationId}/park',
  resumeConversation: 'POST /v1/conversations/{conversationId}/resume',
  controlConversation: 'POST /v1/conversations/{conversationId}/control',
  closeConversation: 'POST /v1/conversations/{conversationId}/close',
  disposeSession: 'POST /v1/conversations/{conversationId}/sessions/{sessionId}/disposition',
  reopenConversation: 'POST /v1/conversations/{conversationId}/reopen',
  readConversation: 'POST /v1/conversations/{conversationId}/read',
  showTyping: 'POST /v1/conversations/{conversationId}/typing',
  watchConversation: 'POST /v1/conversations/{conversationId}/watch',
  joinConversation: 'POST /v1/conversations/{conversationId}/join',
  leaveConversation: 'POST /v1/conversations/{conversationId}/leave',
  takeOverConversation: 'POST /v1/conversations/{conversationId}/take-over',
  forceTransfer: 'POST /v1/conversations/{conversationId}/force-transfer',
  whisper: 'POST /v1/conversations/{conversationId}/whispers',
  listWhispers: 'GET /v1/conversations/{conversationId}/whispers',
  raiseHand: 'POST /v1/conversations/{conversationId}/hand',
  lowerHand: 'DELETE /v1/conversations/{conversationId}/hand',
  answerHand: 'POST /v1/conversations/{conversationId}/hand/answer',
  setAgentStatus: 'PUT /v1/agents/{agentId}/status',
  getLive: 'GET /v1/live',
  getAttendance: 'GET /v1/agents/{agentId}/attendance',
  setAgentCapacity: 'PUT /v1/agents/{agentId}/capacity',
  getDecision: 'GET /v1/decisions/{decisionId}',
  listQuickReplies: 'GET /v1/quick-replies',
  createQuickReply: 'POST /v1/quick-replies',
  importQuickReplies: 'POST /v1/quick-replies/import',
  changeQuickReply: 'PUT /v1/quick-replies/{quickReplyId}',
  deleteQuickReply: 'DELETE /v1/quick-replies/{quickReplyId}',
  getRules: 'GET /v1/rules',
  publishRules: 'PUT /v1/rules',
  validateRules: 'POST /v1/rules/validate',
  previewRules: 'POST /v1/rules/preview',
  getFairness: 'GET /v1/fairness',
  getForecast: 'GET /v1/forecast',
  revertRules: 'POST /v1/rules/revert',
  approveRules: 'POST /v1/rules/versions/{version}/approve',
  rejectRules: 'POST /v1/rules/versions/{version}/reject',
  overrideRules: 'POST /v1/rules/override',
  endRulesOverride: 'DELETE /v1/rules/override',
  listRulesOverrides: 'GET /v1/rules/overrides',
  listRulesVersions: 'GET /v1/rules/versions',
  getRulesVersion: 'GET /v1/rules/versions/{version}',
  getWaiting: 'GET /v1/conversations/{conversationId}/waiting',
  listDecisions: 'GET /v1/decisions',
  listApps: 'GET /v1/apps',
  getApp: 'GET /v1/apps/{appId}',
  putApp: 'PUT /v1/apps/{appId}',
  deleteApp: 'DELETE /v1/apps/{appId}',
  listAppConsents: 'GET /v1/apps/{appId}/consents',
  listAppDeliveries: 'GET /v1/apps/{appId}/deliveries',
  resumeApp: 'POST /v1/apps/{appId}/accounts/{accountId}/resume',
  listAccounts: 'GET /v1/accounts',
  getAccount: 'GET /v1/accounts/{accountId}',
  checkAccount: 'POST /v1/accounts/{accountId}/check',
  uploadMedia: 'POST /v1/media',
  getMedia: 'GET /v1/media/{mediaId}',
  listEvents: 'GET /v1/events',
  getConfiguration: 'GET /v1/configuration',
  applyConfiguration: 'POST /v1/configuration',
  getBackup: 'GET /v1/backup',
  restoreBackup: 'PUT /v1/backup',
  removeExample: 'POST /v1/example/remove',
  getExample: 'GET /v1/example',
  listRecords: 'GET /v1/records',
  exportArchive: 'GET /v1/export',
} as const satisfies { readonly [O in OperationId]: RouteOf<O> }

/** Fills in `{name}`; a parameter that is missing or empty would reach another address, so it is refused here. */
export function routeOf(
  operation: OperationId,
  params: Readonly<Record<string, string>>,
): { method: string; path: string } {
  const [method = '', template = ''] = routes[operation].split(' ')
  const path = template.replaceAll(/\{(\w+)\}/g, (_, name: string) => {
    const value = params[name]
    if (value === undefined || value === '' || value === '.' || value === '..') {
      throw new TypeError(`${operation} needs the parameter ${name}`)
    }
    return encodeURIComponent(value)
  })
  return { method, path }
}
