import { useLingui } from '@lingui/react/macro'

/** What became of a part of a document. */
export function useChangeWords() {
  const { t } = useLingui()
  const created = t({ message: '新增', context: 'change' })
  return {
    created,
    added: created,
    changed: t({ message: '修改', context: 'change' }),
    removed: t({ message: '删除', context: 'change' }),
    moved: t`调整顺序`,
    unchanged: t`不变`,
    left: t`文件中没有，保留`,
  }
}
