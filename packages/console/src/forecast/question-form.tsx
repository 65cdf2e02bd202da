import { Trans, useLingui } from '@lingui/react/macro'
import { useState } from 'react'
import { Button } from '../ui/button.tsx'
import { Field } from '../ui/field.tsx'
import { Select } from '../ui/select.tsx'
import { type Asked, firstWritten, type Mistakes, questionIn, type Written } from './question.ts'

const noMistakes: Mistakes = new Set()

/** The target, and how agents work; asked only when it is said so, because each question reads the log. */
export function QuestionForm({ onAsk }: { readonly onAsk: (asked: Asked) => void }) {
  const { t } = useLingui()
  const [written, write] = useState<Written>(firstWritten)
  const [mistakes, setMistakes] = useState(noMistakes)
  const submit = () => {
    const question = questionIn(written)
    setMistakes('has' in question ? question : noMistakes)
    if (!('has' in question)) onAsk(question)
  }
  const fields = [
    { name: 'answered', label: t`目标：及时接待的客户（%）`, wrong: t`请填 1 到 99`, hint: undefined },
    { name: 'seconds', label: t`几秒内接待算及时`, wrong: t`请填 0 到 86400`, hint: undefined },
    {
      name: 'concurrency',
      label: t`每人同时接待几个会话`,
      wrong: t`请填 0.1 到 1000`,
      hint: t`不填时按客服现在的平均接待上限。`,
    },
    { name: 'shrinkage', label: t`损耗（%）`, wrong: t`请填 0 到 90`, hint: t`上班时间里不在线的部分，如休息和培训。` },
  ] as const
  return (
    <form
      className="grid items-start gap-3 @min-[480px]/desk:grid-cols-2 @min-[1000px]/desk:grid-cols-4"
      onSubmit={(event) => {
        event.preventDefault()
        submit()
      }}
    >
      {fields.map(({ name, label, wrong, hint }) => (
        <Field
          key={name}
          label={label}
          hint={hint}
          inputMode="decimal"
          value={written[name]}
          wrong={mistakes.has(name) ? wrong : undefined}
          onChange={(event) => write({ ...written, [name]: event.currentTarget.value })}
        />
      ))}
      <div className="flex flex-col gap-1">
        <span aria-hidden="true" className="text-[13px] text-text-2">
          <Trans>时段长度</Trans>
        </span>
        <Select
          label={t`时段长度`}
          value={written.interval}
          choices={[
            { value: '15', label: t`15 分钟` },
            { value: '30', label: t`30 分钟` },
            { value: '60', label: t`60 分钟` },
          ]}
          onChange={(interval) => write({ ...written, interval })}
        />
      </div>
      <div className="flex self-end">
        <Button type="submit">
          <Trans>重新计算</Trans>
        </Button>
      </div>
    </form>
  )
}
