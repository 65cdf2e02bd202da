import type { Role } from '@duoke/contract'
import { useLingui } from '@lingui/react/macro'

export function useRoleWords(): Record<Role, string> {
  const { t } = useLingui()
  return {
    agent: t({ message: '客服', context: 'role' }),
    supervisor: t`主管`,
    admin: t`管理员`,
  }
}
