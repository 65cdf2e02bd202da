import { Trans, useLingui } from '@lingui/react/macro'
import { type FormEvent, useState } from 'react'
import { useFailureWords } from '../i18n/failure-words.ts'
import { client } from '../live/client.ts'
import { Button } from '../ui/button.tsx'
import { Field } from '../ui/field.tsx'
import { Panel } from '../ui/page.tsx'
import { toasts } from '../ui/toasts.ts'

const shortest = 10

export function PasswordPanel() {
  const { t } = useLingui()
  const wordsOf = useFailureWords()
  const [failure, setFailure] = useState<string>()
  const submit = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault()
    const form = event.currentTarget
    const data = new FormData(form)
    const current = String(data.get('current') ?? '')
    const next = String(data.get('next') ?? '')
    client.me.changePassword(current === '' ? { next } : { current, next }).then(
      () => {
        form.reset()
        setFailure(undefined)
        toasts.add({ title: t`密码已修改，其他设备上的登录已结束` })
      },
      (error: unknown) => setFailure(wordsOf(error).sentence),
    )
  }
  return (
    <Panel title={t`密码`}>
      <form className="grid gap-4 sm:grid-cols-2" onSubmit={submit}>
        <Field
          label={t`当前密码`}
          hint={t`用登录链接进入、还没有密码时可留空`}
          name="current"
          type="password"
          autoComplete="current-password"
        />
        <Field
          label={t`新密码`}
          hint={t`至少 ${shortest} 个字符`}
          name="next"
          type="password"
          autoComplete="new-password"
          minLength={shortest}
          required
        />
        <div role="alert" className="self-center text-[13px] text-bad">
          {failure}
        </div>
        <div className="justify-self-end">
          <Button type="submit" kind="primary">
            <Trans>修改密码</Trans>
          </Button>
        </div>
      </form>
    </Panel>
  )
}
