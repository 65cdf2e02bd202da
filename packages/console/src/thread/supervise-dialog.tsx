import type { Agent, Conversation } from '@duoke/contract'
import { Trans, useLingui } from '@lingui/react/macro'
import { useState } from 'react'
import { useAct } from '../i18n/failure-words.ts'
import { ReasonField } from '../inbox/reason-field.tsx'
import { forceTransfer, join, leave, takeOver, whisperTo } from '../live/supervising.ts'
import { useConversation, useLive, useSelf } from '../live/use-live.ts'
import { useReasons } from '../live/use-reasons.ts'
import { Button } from '../ui/button.tsx'
import { Dialog } from '../ui/dialog.tsx'
import { Select } from '../ui/select.tsx'
import { TextArea } from '../ui/text-area.tsx'

type Props = { readonly conversationId: string; readonly onClose: () => void }

/** A supervisor's verbs: speak to the agent, write beside them, take the conversation, or give it to somebody. */
export function SuperviseDialog({ conversationId, onClose }: Props) {
  const { t } = useLingui()
  const conversation = useConversation(conversationId)
  if (conversation === undefined) return null
  const { name } = conversation.customer
  return (
    <Dialog
      open
      onClose={onClose}
      title={t`主管操作：${name}`}
      actions={
        <Button onClick={onClose}>
          <Trans>关闭</Trans>
        </Button>
      }
    >
      <div className="flex flex-col gap-5">
        {conversation.status === 'open' ? <Whisper conversation={conversation} onDone={onClose} /> : null}
        <Beside conversation={conversation} onDone={onClose} />
        <Giving conversation={conversation} onDone={onClose} />
      </div>
    </Dialog>
  )
}

type PartProps = { readonly conversation: Conversation; readonly onDone: () => void }

function Whisper({ conversation: { id, hand }, onDone }: PartProps) {
  const { t } = useLingui()
  const act = useAct()
  const [text, setText] = useState('')
  const send = async () => {
    if (await act(whisperTo(id, text.trim(), hand !== undefined))) onDone()
  }
  return (
    <div className="flex flex-col gap-2">
      <TextArea label={t`悄悄话（只有客服能看到）`} value={text} onChange={setText} maxLength={2000} />
      <span>
        <Button kind="primary" disabled={text.trim() === ''} onClick={() => void send()}>
          {hand === undefined ? <Trans>发送悄悄话</Trans> : <Trans>响应举手</Trans>}
        </Button>
      </span>
    </div>
  )
}

function Beside({ conversation: { id, joinedBy = [] }, onDone }: PartProps) {
  const act = useAct()
  const self = useSelf()
  const hasJoined = joinedBy.some(({ agentId }) => agentId === self?.id)
  const run = async (doing: Promise<void>) => {
    if (await act(doing)) onDone()
  }
  return (
    <div className="flex flex-col gap-2">
      <p className="text-[13px] text-text-2">
        <Trans>加入后你可以和客服一起回复，接待人不变；接管后由你接待。</Trans>
      </p>
      <span className="flex gap-2">
        {hasJoined ? (
          <Button onClick={() => void run(leave(id))}>
            <Trans>离开会话</Trans>
          </Button>
        ) : (
          <Button onClick={() => void run(join(id))}>
            <Trans>加入会话</Trans>
          </Button>
        )}
        <Button onClick={() => void run(takeOver(id, {}))}>
          <Trans>接管</Trans>
        </Button>
      </span>
    </div>
  )
}

/** An organization without codes takes any: then this one says that a supervisor chose so. */
const reasonWithoutCodes = 'supervisor'

function Giving({ conversation: { id, assignee }, onDone }: PartProps) {
  const { t } = useLingui()
  const act = useAct()
  const agents = useLive((live) => live.agents)
  const hasCodes = useReasons('supervise').length > 0
  const [toAgentId, choose] = useState('')
  const [reason, setReason] = useState<string>()
  const others = [...agents.values()].filter((one) => !one.disabled && one.status === 'online' && one.id !== assignee)
  const chosen = agents.get(toAgentId)
  const isFull = chosen !== undefined && chosen.load >= roomOf(chosen)
  const why = reason ?? (isFull && !hasCodes ? reasonWithoutCodes : undefined)
  const give = async () => {
    const more = { ...(why !== undefined && { reason: why }), ...(isFull && { overCapacity: true }) }
    if (await act(forceTransfer(id, { to: { agentId: toAgentId }, ...more }))) onDone()
  }
  const choices = others.map((one) => ({
    value: one.id,
    label: `${one.nickname}（${one.load}/${roomOf(one)}）`,
  }))
  return (
    <div className="flex flex-col gap-2">
      <Select
        label={t`强制转接给`}
        value={toAgentId}
        choices={[{ value: '', label: t`选择在线客服` }, ...choices]}
        onChange={choose}
      />
      <ReasonField use="supervise" value={reason} onChange={setReason} />
      {isFull ? (
        <p role="status" className="text-[13px] text-warn">
          <Trans>该客服已满，将超出接待上限，记录中会注明。</Trans>
        </p>
      ) : null}
      <span>
        <Button disabled={chosen === undefined || (isFull && why === undefined)} onClick={() => void give()}>
          <Trans>强制转接</Trans>
        </Button>
      </span>
    </div>
  )
}

const roomOf = ({ capacity, temporaryCapacity }: Agent): number => temporaryCapacity?.capacity ?? capacity
