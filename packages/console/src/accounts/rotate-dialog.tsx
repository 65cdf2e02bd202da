import type { Account } from '@duoke/contract'
import { Trans, useLingui } from '@lingui/react/macro'
import { useMutation } from '@tanstack/react-query'
import { useState } from 'react'
import { Refusal } from '../manage/refusal.tsx'
import { useApplyPart } from '../manage/use-configuration.ts'
import { Button } from '../ui/button.tsx'
import { Dialog } from '../ui/dialog.tsx'
import { Field } from '../ui/field.tsx'
import { Switch } from '../ui/switch.tsx'
import { SetUpSteps } from './set-up-steps.tsx'
import { usePushSecrets } from './use-account-secrets.ts'

type Props = { readonly account: Account; readonly onClose: () => void }

/** New secrets for an account. Those of pushes overlap with the old ones, so that no message is lost in between. */
export function RotateDialog({ account, onClose }: Props) {
  const { t } = useLingui()
  const applyPart = useApplyPart()
  const secrets = usePushSecrets()
  const [appSecret, setAppSecret] = useState('')
  const [isPush, setPush] = useState(false)
  const { mutate, error, isPending, isSuccess } = useMutation({
    mutationFn: () => {
      const { id, name, originalId, appId } = account
      const kind = account.kind === 'mini-program' ? 'mini-program' : 'official-account'
      const given = { ...(appSecret !== '' && { appSecret }), ...(isPush && secrets) }
      return applyPart({ accounts: [{ id, kind, name, originalId, appId, ...given }] })
    },
    onSuccess: () => {
      if (!isPush) onClose()
    },
  })
  if (isSuccess && isPush) {
    return (
      <Dialog
        open
        wide
        onClose={onClose}
        title={t`把新的密钥填到微信公众平台`}
        description={t`旧的 Token 和 EncodingAESKey 在 7 天内仍然有效，期间换好即可，不会漏消息。`}
        actions={
          <Button kind="primary" onClick={onClose}>
            <Trans>完成</Trans>
          </Button>
        }
      >
        <SetUpSteps account={account} secrets={secrets} />
      </Dialog>
    )
  }
  return (
    <Dialog
      open
      onClose={onClose}
      title={t`更换 ${account.name} 的密钥`}
      actions={
        <>
          <Button onClick={onClose}>
            <Trans>取消</Trans>
          </Button>
          <Button kind="primary" disabled={isPending || (appSecret === '' && !isPush)} onClick={() => mutate()}>
            <Trans>更换</Trans>
          </Button>
        </>
      }
    >
      <div className="flex flex-col gap-4">
        <Field
          label={t`新的 AppSecret（不填则不变）`}
          hint={t`在微信公众平台重置后，旧的立即失效：请马上填到这里。`}
          type="password"
          autoComplete="off"
          value={appSecret}
          onChange={(event) => setAppSecret(event.currentTarget.value.trim())}
        />
        <Switch label={t`生成新的 Token 和 EncodingAESKey`} checked={isPush} onChange={setPush} />
        {error === null ? null : <Refusal error={error} />}
      </div>
    </Dialog>
  )
}
