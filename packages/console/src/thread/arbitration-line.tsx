import { Plural, Trans, useLingui } from '@lingui/react/macro'
import { useId, useState } from 'react'
import { type Answer, choiceOf, type WinningReason } from '../live/arbitration.ts'
import type { ThreadLine } from '../live/thread.ts'

type Props = { readonly line: Extract<ThreadLine, { type: 'reply.arbitrated' }> }

/** Which app's passive reply counted, by which part of the published rule, and whom nobody heard. */
export function ArbitrationLine({ line }: Props) {
  const { answers } = line.facts
  const { winner, notChosen } = choiceOf(line.facts)
  const [isOpen, setIsOpen] = useState(false)
  const id = useId()
  return (
    <>
      {winner === null ? null : <Won answer={winner.answer} reason={winner.reason} />}
      {winner !== null && notChosen.length > 0 ? <Trans>；</Trans> : null}
      {notChosen.length === 0 ? null : (
        <Plural value={notChosen.length} one="# 个应用的回复未采用" other="# 个应用的回复未采用" />
      )}
      <button
        type="button"
        aria-expanded={isOpen}
        aria-controls={id}
        className="ml-1.5 rounded text-brand hover:underline"
        onClick={() => setIsOpen(!isOpen)}
      >
        {isOpen ? <Trans>收起</Trans> : <Trans>为什么？</Trans>}
      </button>
      <div id={id} hidden={!isOpen} className="mt-1 rounded-md bg-panel px-2.5 py-1.5 text-left">
        <p>
          <Trans>规则：接待中的应用优先，其次按优先级；人工接待时应用不回复。</Trans>
        </p>
        <ol className="mt-1 flex flex-col gap-0.5">
          {answers.map((answer) => (
            <li key={answer.appId}>
              <span className="font-medium text-text-2">{answer.appId}</span> <WhatBecame answer={answer} />
            </li>
          ))}
        </ol>
      </div>
    </>
  )
}

function Won({ answer, reason }: { readonly answer: Answer; readonly reason: WinningReason }) {
  const { appId, became } = answer
  const why = useReason(reason)
  return became === 'transferred' ? (
    <Trans>
      应用 {appId} 转人工（{why}）
    </Trans>
  ) : (
    <Trans>
      应用 {appId} 自动回复（{why}）
    </Trans>
  )
}

function useReason(reason: WinningReason): string {
  const { t } = useLingui()
  switch (reason) {
    case 'holds':
      return t`正在接待此对话`
    case 'first':
      return t`优先级最高`
    case 'others-said-nothing':
      return t`排在前面的应用没有作答`
    default:
      return reason satisfies never
  }
}

function WhatBecame({ answer: { outcome, became, reason } }: { readonly answer: Answer }) {
  switch (became) {
    case 'sent':
      return <Trans>回复已采用</Trans>
    case 'transferred':
      return <Trans>转人工已采用</Trans>
    case 'queued-as-message':
      return <Trans>回复改以客服消息发送</Trans>
    case 'dropped':
      return <Dropped reason={reason} />
    case 'nothing':
      return outcome === 'late' ? (
        <Trans>没有及时作答</Trans>
      ) : outcome === 'failed' ? (
        <Trans>推送失败（{reason ?? '—'}）</Trans>
      ) : (
        <Trans>没有回复</Trans>
      )
    default:
      return became satisfies never
  }
}

function Dropped({ reason }: { readonly reason: string | undefined }) {
  switch (reason) {
    case 'not_chosen':
      return <Trans>回复未采用：已有应用回复</Trans>
    case 'agent_holds':
      return <Trans>回复未采用：人工接待中</Trans>
    case 'held_by_another':
      return <Trans>回复未采用：已由他人接待</Trans>
    case 'no_right_to_send':
    case 'no_right_to_transfer':
      return <Trans>回复未采用：没有权限</Trans>
    default:
      return <Trans>回复未采用（{reason ?? '—'}）</Trans>
  }
}
