import { DuokeError } from '@duoke/sdk'
import { Trans, useLingui } from '@lingui/react/macro'
import { type FormEvent, useState } from 'react'
import { useFailureWords } from '../i18n/failure-words.ts'
import { signIn } from '../live/entering.ts'
import { Button } from '../ui/button.tsx'
import { Field } from '../ui/field.tsx'
import { Card } from './card.tsx'

export function SignInPage({ ended }: { readonly ended: boolean }) {
  const { t } = useLingui()
  const wordsOf = useFailureWords()
  const [busy, setBusy] = useState(false)
  const [failure, setFailure] = useState<unknown>()
  const asksCode = failure instanceof DuokeError && failure.code === 'second_factor_required'
  const [wantsCode, setWantsCode] = useState(false)
  const submit = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault()
    const form = new FormData(event.currentTarget)
    const text = (name: string) => String(form.get(name) ?? '').trim()
    const totp = text('totp')
    setBusy(true)
    signIn({ agentId: text('agentId'), password: String(form.get('password') ?? ''), ...(totp === '' ? {} : { totp }) })
      .catch((error: unknown) => {
        setFailure(error)
        if (error instanceof DuokeError && error.code === 'second_factor_required') setWantsCode(true)
      })
      .finally(() => setBusy(false))
  }
  const words = failure === undefined || asksCode ? undefined : wordsOf(failure)
  return (
    <Card title={t`登录多客`}>
      {ended ? (
        <p role="status" className="mb-4 rounded-md bg-warn-soft px-3 py-2 text-warn">
          <Trans>登录已结束，请重新登录。未发送的草稿仍在。</Trans>
        </p>
      ) : null}
      <form className="flex flex-col gap-4" onSubmit={submit}>
        <Field label={t`客服编号`} name="agentId" autoComplete="username" autoFocus required />
        <Field label={t`密码`} name="password" type="password" autoComplete="current-password" required />
        {wantsCode ? (
          <Field
            label={t`动态验证码`}
            hint={t`验证器中的 6 位数字`}
            name="totp"
            inputMode="numeric"
            autoComplete="one-time-code"
            autoFocus
            required
          />
        ) : null}
        <div role="alert">
          {words === undefined ? null : (
            <p className="rounded-md bg-bad-soft px-3 py-2 text-[13px] text-bad">
              {words.sentence} {words.whatToDo}
            </p>
          )}
        </div>
        <Button type="submit" kind="primary" disabled={busy} grow>
          {busy ? t`正在登录…` : t`登录`}
        </Button>
      </form>
    </Card>
  )
}
