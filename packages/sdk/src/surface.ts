import type { Body, OutgoingContent, Query } from '@duoke/contract'
import type { Call, List } from './calls.ts'
import type { CallOptions } from './send-request.ts'

export type Outgoing = OutgoingContent & { readonly clientId?: string; readonly quickReplyId?: string }

/** The same operations under the names one would look for. Each line is one operation; nothing is added but ids. */
export function surfaceOf(call: Call, list: List, newId: () => string) {
  return {
    signIn: (body: Body<'signIn'>, options: CallOptions = {}) => call('signIn', {}, { ...options, body }),
    signInWithLink: (body: Body<'signInWithLink'>, options: CallOptions = {}) =>
      call('signInWithLink', {}, { ...options, body }),
    signOut: (options: CallOptions = {}) => call('signOut', {}, options),
    me: meOf(call, list),
    conversations: conversationsOf(call, list, newId),
    messages: messagesOf(list),
    decisions: {
      get: (decisionId: string, options: CallOptions = {}) => call('getDecision', { decisionId }, options),
      list: (query: Query<'listDecisions'> = {}, options: CallOptions = {}) =>
        list('listDecisions', {}, { ...options, query }),
    },
    messagesLeft: messagesLeftOf(call, list),
    quickReplies: quickRepliesOf(call, list),
    rules: rulesOf(call, list),
    customers: {
      list: (query: Query<'listCustomers'> = {}, options: CallOptions = {}) =>
        list('listCustomers', {}, { ...options, query }),
      get: (customerId: string, options: CallOptions = {}) => call('getCustomer', { customerId }, options),
      quota: (customerId: string, options: CallOptions = {}) => call('customerQuota', { customerId }, options),
      block: (customerId: string, body: Body<'blockCustomer'> = {}, options: CallOptions = {}) =>
        call('blockCustomer', { customerId }, { ...options, body }),
      unblock: (customerId: string, options: CallOptions = {}) => call('unblockCustomer', { customerId }, options),
    },
    agents: { ...agentsOf(call, list), ...setAgent(call) },
    /** How it stands at this moment, for supervisors. */
    live: (options: CallOptions = {}) => call('getLive', {}, options),
    apps: appsOf(call, list),
    teams: {
      list: (query: Query<'listTeams'> = {}, options: CallOptions = {}) => list('listTeams', {}, { ...options, query }),
    },
    accounts: {
      list: (query: Query<'listAccounts'> = {}, options: CallOptions = {}) =>
        list('listAccounts', {}, { ...options, query }),
      get: (accountId: string, options: CallOptions = {}) => call('getAccount', { accountId }, options),
      check: (accountId: string, options: CallOptions = {}) => call('checkAccount', { accountId }, options),
    },
    media: {
      upload: (file: Blob, options: CallOptions & { fileName?: string } = {}) =>
        call('uploadMedia', {}, { ...options, file }),
      /** With `playable`, a voice comes as browsers play it. */
      get: (mediaId: string, query: Query<'getMedia'> = {}, options: CallOptions = {}) =>
        call('getMedia', { mediaId }, { ...options, query }),
    },
    records: {
      /** Iterate it: a page may be short, or empty, while there is more behind it. */
      list: (query: Query<'listRecords'> = {}, options: CallOptions = {}) =>
        list('listRecords', {}, { ...options, query }),
    },
    tokens: {
      list: (query: Query<'listTokens'> = {}, options: CallOptions = {}) =>
        list('listTokens', {}, { ...options, query }),
      create: (body: Body<'createToken'>, options: CallOptions = {}) => call('createToken', {}, { ...options, body }),
      end: (tokenId: string, options: CallOptions = {}) => call('endToken', { tokenId }, options),
    },
    configuration: {
      get: (options: CallOptions = {}) => call('getConfiguration', {}, options),
      apply: (body: Body<'applyConfiguration'>, options: CallOptions = {}) =>
        call('applyConfiguration', {}, { ...options, body }),
    },
    example: {
      get: (options: CallOptions = {}) => call('getExample', {}, options),
      remove: (options: CallOptions = {}) => call('removeExample', {}, options),
    },
  }
}
export type Surface = ReturnType<typeof surfaceOf>

/** 留言: what customers left when nobody served them. */
function messagesLeftOf(call: Call, list: List) {
  return {
    list: (query: Query<'listMessagesLeft'> = {}, options: CallOptions = {}) =>
      list('listMessagesLeft', {}, { ...options, query }),
    take: (conversationId: string, options: CallOptions = {}) => call('takeMessageLeft', { conversationId }, options),
    resolve: (conversationId: string, body: Body<'resolveMessageLeft'> = {}, options: CallOptions = {}) =>
      call('resolveMessageLeft', { conversationId }, { ...options, body }),
    reopen: (conversationId: string, options: CallOptions = {}) =>
      call('reopenMessageLeft', { conversationId }, options),
  }
}

function quickRepliesOf(call: Call, list: List) {
  return {
    list: (query: Query<'listQuickReplies'> = {}, options: CallOptions = {}) =>
      list('listQuickReplies', {}, { ...options, query }),
    create: (body: Body<'createQuickReply'>, options: CallOptions = {}) =>
      call('createQuickReply', {}, { ...options, body }),
    /** Many of one owner: all of them or none. */
    import: (body: Body<'importQuickReplies'>, options: CallOptions = {}) =>
      call('importQuickReplies', {}, { ...options, body }),
    change: (quickReplyId: string, body: Body<'changeQuickReply'>, options: CallOptions = {}) =>
      call('changeQuickReply', { quickReplyId }, { ...options, body }),
    remove: (quickReplyId: string, options: CallOptions = {}) => call('deleteQuickReply', { quickReplyId }, options),
  }
}

function rulesOf(call: Call, list: List) {
  return {
    get: (options: CallOptions = {}) => call('getRules', {}, options),
    publish: (body: Body<'publishRules'>, options: CallOptions = {}) => call('publishRules', {}, { ...options, body }),
    validate: (body: Body<'validateRules'>, options: CallOptions = {}) =>
      call('validateRules', {}, { ...options, body }),
    preview: (body: Body<'previewRules'>, options: CallOptions = {}) => call('previewRules', {}, { ...options, body }),
    fairness: (query: Query<'getFairness'>, options: CallOptions = {}) =>
      call('getFairness', {}, { ...options, query }),
    forecast: (query: Query<'getForecast'>, options: CallOptions = {}) =>
      call('getForecast', {}, { ...options, query }),
    /** Official holidays and working days made up for them. */
    holidays: (query: Query<'listHolidays'>, options: CallOptions = {}) =>
      call('listHolidays', {}, { ...options, query }),
    revert: (body: Body<'revertRules'>, options: CallOptions = {}) => call('revertRules', {}, { ...options, body }),
    versions: (query: Query<'listRulesVersions'> = {}, options: CallOptions = {}) =>
      list('listRulesVersions', {}, { ...options, query }),
    version: (version: string, options: CallOptions = {}) => call('getRulesVersion', { version }, options),
    approve: (version: string, options: CallOptions = {}) => call('approveRules', { version }, options),
    reject: (version: string, body: Body<'rejectRules'>, options: CallOptions = {}) =>
      call('rejectRules', { version }, { ...options, body }),
    override: (body: Body<'overrideRules'>, options: CallOptions = {}) =>
      call('overrideRules', {}, { ...options, body }),
    endOverride: (options: CallOptions = {}) => call('endRulesOverride', {}, options),
    overrides: (query: Query<'listRulesOverrides'> = {}, options: CallOptions = {}) =>
      list('listRulesOverrides', {}, { ...options, query }),
  }
}

function meOf(call: Call, list: List) {
  return {
    get: (options: CallOptions = {}) => call('getMe', {}, options),
    setPresence: (body: Body<'setPresence'>, options: CallOptions = {}) =>
      call('setPresence', {}, { ...options, body }),
    changePassword: (body: Body<'changePassword'>, options: CallOptions = {}) =>
      call('changePassword', {}, { ...options, body }),
    signIns: (query: Query<'listSignIns'> = {}, options: CallOptions = {}) =>
      list('listSignIns', {}, { ...options, query }),
    endSignIn: (tokenId: string, options: CallOptions = {}) => call('endSignIn', { tokenId }, options),
    mentions: (query: Query<'listMentions'> = {}, options: CallOptions = {}) =>
      list('listMentions', {}, { ...options, query }),
    seeMentions: (upTo: number, options: CallOptions = {}) => call('seeMentions', {}, { ...options, body: { upTo } }),
    draft: (conversationId: string, options: CallOptions = {}) => call('getDraft', { conversationId }, options),
    putDraft: (conversationId: string, body: Body<'putDraft'>, options: CallOptions = {}) =>
      call('putDraft', { conversationId }, { ...options, body }),
    preferences: (options: CallOptions = {}) => call('getPreferences', {}, options),
    putPreferences: (body: Body<'putPreferences'>, options: CallOptions = {}) =>
      call('putPreferences', {}, { ...options, body }),
    startTotp: (options: CallOptions = {}) => call('startTotp', {}, options),
    confirmTotp: (code: string, options: CallOptions = {}) => call('confirmTotp', {}, { ...options, body: { code } }),
    removeTotp: (password: string, options: CallOptions = {}) =>
      call('removeTotp', {}, { ...options, body: { password } }),
  }
}

function messagesOf(list: List) {
  return {
    /** With all words of a text, newest first: of one conversation, or of all. */
    search: (query: Query<'searchMessages'>, options: CallOptions = {}) =>
      list('searchMessages', {}, { ...options, query }),
  }
}

function conversationsOf(call: Call, list: List, newId: () => string) {
  return {
    list: (query: Query<'listConversations'> = {}, options: CallOptions = {}) =>
      list('listConversations', {}, { ...options, query }),
    get: (conversationId: string, options: CallOptions = {}) => call('getConversation', { conversationId }, options),
    messages: (conversationId: string, query: Query<'listMessages'> = {}, options: CallOptions = {}) =>
      list('listMessages', { conversationId }, { ...options, query }),
    /** On which days of a month something was said; `from` of `messages` leads there. */
    days: (conversationId: string, query: Query<'listMessageDays'> = {}, options: CallOptions = {}) =>
      call('listMessageDays', { conversationId }, { ...options, query }),
    /** Sent once, however often this or the network repeats it: the message's own id travels with it. */
    send: (conversationId: string, content: Outgoing, options: CallOptions = {}) =>
      call('sendMessage', { conversationId }, { ...options, body: { clientId: newId(), ...content } }),
    accept: (conversationId: string, options: CallOptions = {}) =>
      call('acceptConversation', { conversationId }, options),
    /** Passes on what is offered to one. */
    decline: (conversationId: string, body: Body<'declineConversation'> = {}, options: CallOptions = {}) =>
      call('declineConversation', { conversationId }, { ...options, body }),
    transfer: (conversationId: string, body: Body<'transferConversation'>, options: CallOptions = {}) =>
      call('transferConversation', { conversationId }, { ...options, body }),
    /** Sets it aside until the customer writes, or `until`. */
    park: (conversationId: string, body: Body<'parkConversation'> = {}, options: CallOptions = {}) =>
      call('parkConversation', { conversationId }, { ...options, body }),
    resume: (conversationId: string, options: CallOptions = {}) =>
      call('resumeConversation', { conversationId }, options),
    control: (conversationId: string, body: Body<'controlConversation'>, options: CallOptions = {}) =>
      call('controlConversation', { conversationId }, { ...options, body }),
    close: (conversationId: string, body: Body<'closeConversation'> = {}, options: CallOptions = {}) =>
      call('closeConversation', { conversationId }, { ...options, body }),
    /** Says what a closed session was about. */
    dispose: (conversationId: string, sessionId: string, body: Body<'disposeSession'>, options: CallOptions = {}) =>
      call('disposeSession', { conversationId, sessionId }, { ...options, body }),
    reopen: (conversationId: string, options: CallOptions = {}) =>
      call('reopenConversation', { conversationId }, options),
    read: (conversationId: string, upTo: number, options: CallOptions = {}) =>
      call('readConversation', { conversationId }, { ...options, body: { upTo } }),
    typing: (conversationId: string, options: CallOptions = {}) => call('showTyping', { conversationId }, options),
    waiting: (conversationId: string, options: CallOptions = {}) => call('getWaiting', { conversationId }, options),
    quota: (conversationId: string, options: CallOptions = {}) =>
      call('conversationQuota', { conversationId }, options),
    raiseHand: (conversationId: string, body: Body<'raiseHand'> = {}, options: CallOptions = {}) =>
      call('raiseHand', { conversationId }, { ...options, body }),
    lowerHand: (conversationId: string, options: CallOptions = {}) => call('lowerHand', { conversationId }, options),
    whispers: (conversationId: string, query: Query<'listWhispers'> = {}, options: CallOptions = {}) =>
      list('listWhispers', { conversationId }, { ...options, query }),
    /** Beside the conversation, for colleagues; who is mentioned is told. */
    note: (conversationId: string, body: Body<'writeNote'>, options: CallOptions = {}) =>
      call('writeNote', { conversationId }, { ...options, body }),
    notes: (conversationId: string, query: Query<'listNotes'> = {}, options: CallOptions = {}) =>
      list('listNotes', { conversationId }, { ...options, query }),
    ...supervisionOf(call),
  }
}

/** For supervisors. */
function supervisionOf(call: Call) {
  return {
    /** Looks on; the log keeps it. */
    watch: (conversationId: string, body: Body<'watchConversation'> = {}, options: CallOptions = {}) =>
      call('watchConversation', { conversationId }, { ...options, body }),
    /** Writes beside the holder. */
    join: (conversationId: string, body: Body<'joinConversation'> = {}, options: CallOptions = {}) =>
      call('joinConversation', { conversationId }, { ...options, body }),
    leave: (conversationId: string, options: CallOptions = {}) =>
      call('leaveConversation', { conversationId }, options),
    takeOver: (conversationId: string, body: Body<'takeOverConversation'> = {}, options: CallOptions = {}) =>
      call('takeOverConversation', { conversationId }, { ...options, body }),
    forceTransfer: (conversationId: string, body: Body<'forceTransfer'>, options: CallOptions = {}) =>
      call('forceTransfer', { conversationId }, { ...options, body }),
    /** The holder sees it at once, the customer never. */
    whisper: (conversationId: string, text: string, options: CallOptions = {}) =>
      call('whisper', { conversationId }, { ...options, body: { text } }),
    answerHand: (conversationId: string, body: Body<'answerHand'> = {}, options: CallOptions = {}) =>
      call('answerHand', { conversationId }, { ...options, body }),
  }
}

function setAgent(call: Call) {
  return {
    setStatus: (agentId: string, body: Body<'setAgentStatus'>, options: CallOptions = {}) =>
      call('setAgentStatus', { agentId }, { ...options, body }),
    attendance: (agentId: string, query: Query<'getAttendance'>, options: CallOptions = {}) =>
      call('getAttendance', { agentId }, { ...options, query }),
    /** For a while, or until null gives the configured one back. */
    setCapacity: (agentId: string, body: Body<'setAgentCapacity'>, options: CallOptions = {}) =>
      call('setAgentCapacity', { agentId }, { ...options, body }),
  }
}

function appsOf(call: Call, list: List) {
  return {
    list: (query: Query<'listApps'> = {}, options: CallOptions = {}) => list('listApps', {}, { ...options, query }),
    get: (appId: string, options: CallOptions = {}) => call('getApp', { appId }, options),
    put: (appId: string, body: Body<'putApp'>, options: CallOptions = {}) =>
      call('putApp', { appId }, { ...options, body }),
    remove: (appId: string, options: CallOptions = {}) => call('deleteApp', { appId }, options),
    consents: (appId: string, query: Query<'listAppConsents'> = {}, options: CallOptions = {}) =>
      list('listAppConsents', { appId }, { ...options, query }),
    deliveries: (appId: string, query: Query<'listAppDeliveries'> = {}, options: CallOptions = {}) =>
      list('listAppDeliveries', { appId }, { ...options, query }),
    resume: (appId: string, accountId: string, options: CallOptions = {}) =>
      call('resumeApp', { appId, accountId }, options),
  }
}

function agentsOf(call: Call, list: List) {
  return {
    list: (query: Query<'listAgents'> = {}, options: CallOptions = {}) => list('listAgents', {}, { ...options, query }),
    get: (agentId: string, options: CallOptions = {}) => call('getAgent', { agentId }, options),
    change: (agentId: string, body: Body<'changeAgent'>, options: CallOptions = {}) =>
      call('changeAgent', { agentId }, { ...options, body }),
    /** Where an agent is signed in, and whether with one-time codes. */
    signIns: (agentId: string, query: Query<'listAgentSignIns'> = {}, options: CallOptions = {}) =>
      call('listAgentSignIns', { agentId }, { ...options, query }),
    endSignIn: (agentId: string, tokenId: string, options: CallOptions = {}) =>
      call('endAgentSignIn', { agentId, tokenId }, options),
    endSignIns: (agentId: string, options: CallOptions = {}) => call('endAgentSignIns', { agentId }, options),
    removeTotp: (agentId: string, options: CallOptions = {}) => call('removeAgentTotp', { agentId }, options),
    createSignInLink: (agentId: string, options: CallOptions = {}) => call('createSignInLink', { agentId }, options),
  }
}
