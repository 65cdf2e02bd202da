import { type Account, chosenIdPattern } from '@duoke/contract'
import { Trans, useLingui } from '@lingui/react/macro'
import { useMutation } from '@tanstack/react-query'
import { useState } from 'react'
import { Refusal } from '../manage/refusal.tsx'
import { useApplyPart } from '../manage/use-configuration.ts'
import { Button } from '../ui/button.tsx'
import { Dialog } from '../ui/dialog.tsx'
import { Field } from '../ui/field.tsx'
import { Select } from '../ui/select.tsx'
import { SetUpSteps } from './set-up-steps.tsx'
import { usePushSecrets } from './use-account-secrets.ts'

type Kind = 'official-account' | 'mini-program'

/** Connects a WeChat account: what WeChat's console shows is entered here, then what it asks for is pasted there. */
export function ConnectDialog({
  accounts,
  onClose,
}: {
  readonly accounts: readonly Account[]
  readonly onClose: () => void
}) {
  const { t } = useLingui()
  const applyPart = useApplyPart()
  const secrets = usePushSecrets()
  const [form, setForm] = useState({ id: '', name: '', originalId: '', appId: '', appSecret: '' })
  const [kind, setKind] = useState<Kind>('official-account')
  const wrong = useFaults(form)
  const isGood = Object.values(form).every((value) => value !== '') && Object.values(wrong).every((fault) => !fault)
  const { mutate, error, isPending, isSuccess } = useMutation({
    mutationFn: () => applyPart({ accounts: [{ ...form, ...secrets, kind, mode: 'safe' }] }),
  })
  if (isSuccess) {
    const made = accounts.find(({ id }) => id === form.id)
    return (
      <Dialog
        open
        wide
        onClose={onClose}
        title={t`在微信公众平台完成设置`}
        description={t`Token 和 EncodingAESKey 只在这里显示一次。`}
        actions={
          <Button kind="primary" onClick={onClose}>
            <Trans>完成</Trans>
          </Button>
        }
      >
        {made === undefined ? null : <SetUpSteps account={made} secrets={secrets} />}
      </Dialog>
    )
  }
  return (
    <Dialog
      open
      wide
      onClose={onClose}
      title={t({ message: '接入公众号', context: 'connect' })}
      description={t`登录微信公众平台，在「设置与开发」中找到下面的内容。`}
      actions={
        <>
          <Button onClick={onClose}>
            <Trans>取消</Trans>
          </Button>
          <Button kind="primary" disabled={!isGood || isPending} onClick={() => mutate()}>
            <Trans>下一步</Trans>
          </Button>
        </>
      }
    >
      <div className="flex flex-col gap-3">
        <AccountFields form={form} kind={kind} onForm={setForm} onKind={setKind} />
        {error === null ? null : <Refusal error={error} />}
      </div>
    </Dialog>
  )
}

type FieldsProps = {
  readonly form: Form
  readonly kind: Kind
  readonly onForm: (form: Form) => void
  readonly onKind: (kind: Kind) => void
}

function AccountFields({ form, kind, onForm, onKind }: FieldsProps) {
  const { t } = useLingui()
  const wrong = useFaults(form)
  const field = (name: keyof Form, label: string, more: { hint?: string; type?: string } = {}) => (
    <Field
      label={label}
      value={form[name]}
      wrong={wrong[name]}
      autoComplete="off"
      onChange={(event) => onForm({ ...form, [name]: event.currentTarget.value.trim() })}
      {...more}
    />
  )
  return (
    <>
      <div className="grid gap-3 sm:grid-cols-2">
        {field('name', t`名称`)}
        {field('id', t`编号（出现在服务器地址中，之后不能改）`)}
      </div>
      <Select
        label={t`类型`}
        value={kind}
        choices={[
          { value: 'official-account', label: t`公众号（服务号、订阅号）` },
          { value: 'mini-program', label: t`小程序` },
        ]}
        onChange={onKind}
      />
      {field('originalId', t`原始 ID`, { hint: t`「账号详情」中，以 gh_ 开头` })}
      {field('appId', 'AppID', { hint: t`「基本配置」中，以 wx 开头` })}
      {field('appSecret', 'AppSecret', { type: 'password', hint: t`「基本配置」中；加密保存，之后不再显示` })}
    </>
  )
}

type Form = Readonly<Record<'id' | 'name' | 'originalId' | 'appId' | 'appSecret', string>>

function useFaults({ id, originalId, appId }: Form): Partial<Record<keyof Form, string | false>> {
  const { t } = useLingui()
  const odd = (value: string, pattern: RegExp) => value !== '' && !pattern.test(value)
  return {
    id: odd(id, new RegExp(chosenIdPattern)) && t`编号只能用字母、数字、- 和 _`,
    originalId: odd(originalId, /^gh_[0-9A-Za-z]{1,32}$/) && t`以 gh_ 开头，后面是字母和数字`,
    appId: odd(appId, /^wx[0-9A-Za-z]{4,40}$/) && t`以 wx 开头，后面是字母和数字`,
  }
}
