import { Trans, useLingui } from '@lingui/react/macro'
import { useState } from 'react'
import { Button } from '../ui/button.tsx'
import { Dialog } from '../ui/dialog.tsx'
import { Field } from '../ui/field.tsx'

type Props = {
  readonly taken: readonly string[]
  readonly onAdd: (name: string) => void
  readonly onClose: () => void
}

export function NewHoursDialog({ taken, onAdd, onClose }: Props) {
  const { t } = useLingui()
  const [name, setName] = useState('')
  const isName = /^[a-z][A-Za-z0-9_]{0,31}$/.test(name)
  const isTaken = taken.includes(name)
  const wrong =
    name === '' ? undefined : isTaken ? t`已经有这个名称` : isName ? undefined : t`小写字母开头，只能用字母、数字和 _`
  return (
    <Dialog
      open
      onClose={onClose}
      title={t`新建服务时间`}
      description={t`先按周一至周五 9 点到 18 点、节假日休息，之后可以修改。`}
      actions={
        <>
          <Button onClick={onClose}>
            <Trans>取消</Trans>
          </Button>
          <Button kind="primary" disabled={!isName || isTaken} onClick={() => onAdd(name)}>
            <Trans>添加</Trans>
          </Button>
        </>
      }
    >
      <Field
        label={t`名称（规则里写成 hours.名称）`}
        value={name}
        maxLength={32}
        wrong={wrong}
        onChange={(event) => setName(event.currentTarget.value)}
      />
    </Dialog>
  )
}
