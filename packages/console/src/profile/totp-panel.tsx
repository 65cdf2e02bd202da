import { Trans, useLingui } from '@lingui/react/macro'
import { useState } from 'react'
import { useAct } from '../i18n/failure-words.ts'
import { client } from '../live/client.ts'
import { readMeAgain } from '../live/entering.ts'
import { useMe } from '../live/use-live.ts'
import { Button } from '../ui/button.tsx'
import { CopyButton } from '../ui/copy-button.tsx'
import { Dialog } from '../ui/dialog.tsx'
import { Field } from '../ui/field.tsx'
import { Panel } from '../ui/page.tsx'

type Secret = { readonly secret: string; readonly uri: string }

export function TotpPanel() {
  const { t } = useLingui()
  const act = useAct()
  const isOn = useMe()?.totp ?? false
  const [secret, setSecret] = useState<Secret>()
  const [removing, setRemoving] = useState(false)
  return (
    <Panel title={t`动态验证码（两步登录）`}>
      <div className="flex items-center justify-between gap-4">
        <p className="text-text-2">
          {isOn ? <Trans>已启用：登录时除密码外还需要验证器中的 6 位数字。</Trans> : <Trans>未启用</Trans>}
        </p>
        {isOn ? (
          <Button onClick={() => setRemoving(true)}>
            <Trans>停用</Trans>
          </Button>
        ) : (
          <Button kind="primary" onClick={() => void act(client.me.startTotp().then(setSecret))}>
            <Trans>启用</Trans>
          </Button>
        )}
      </div>
      {secret === undefined ? null : <ConfirmDialog secret={secret} onClose={() => setSecret(undefined)} />}
      {removing ? <RemoveDialog onClose={() => setRemoving(false)} /> : null}
    </Panel>
  )
}

function ConfirmDialog({ secret, onClose }: { readonly secret: Secret; readonly onClose: () => void }) {
  const { t } = useLingui()
  const act = useAct()
  const [code, setCode] = useState('')
  const confirm = async () => {
    if (!(await act(client.me.confirmTotp(code.trim())))) return
    await act(readMeAgain())
    onClose()
  }
  return (
    <Dialog
      open
      onClose={onClose}
      title={t`启用动态验证码`}
      description={t`在验证器（如 Microsoft Authenticator、Google Authenticator）中选择「输入密钥」，填入下面的密钥，再输入它显示的 6 位数字。`}
      actions={
        <>
          <Button onClick={onClose}>
            <Trans>取消</Trans>
          </Button>
          <Button kind="primary" disabled={code.trim().length < 6} onClick={() => void confirm()}>
            <Trans>启用</Trans>
          </Button>
        </>
      }
    >
      <p className="mb-4 flex items-center gap-2 rounded-md border border-line bg-sunken py-1.5 pr-1.5 pl-3">
        <span className="grow font-mono break-all">{secret.secret}</span>
        <CopyButton text={secret.secret} label={t`复制密钥`} />
      </p>
      <Field
        label={t`验证器显示的 6 位数字`}
        value={code}
        onValueChange={setCode}
        inputMode="numeric"
        autoComplete="one-time-code"
      />
    </Dialog>
  )
}

function RemoveDialog({ onClose }: { readonly onClose: () => void }) {
  const { t } = useLingui()
  const act = useAct()
  const [password, setPassword] = useState('')
  const remove = async () => {
    if (!(await act(client.me.removeTotp(password)))) return
    await act(readMeAgain())
    onClose()
  }
  return (
    <Dialog
      open
      onClose={onClose}
      title={t`停用动态验证码？`}
      description={t`停用后只凭密码即可登录。`}
      actions={
        <>
          <Button onClick={onClose}>
            <Trans>取消</Trans>
          </Button>
          <Button kind="danger" disabled={password === ''} onClick={() => void remove()}>
            <Trans>停用</Trans>
          </Button>
        </>
      }
    >
      <Field
        label={t`密码`}
        type="password"
        autoComplete="current-password"
        value={password}
        onValueChange={setPassword}
      />
    </Dialog>
  )
}
