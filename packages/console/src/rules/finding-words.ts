import type { RuleFinding } from '@duoke/contract'
import { useLingui } from '@lingui/react/macro'
import { useLocale } from '../i18n/language.ts'

/** A finding in the language of the page. The server's own words, which name ids and characters, follow. */
export function useFindingWords(): (finding: RuleFinding) => string {
  const { t } = useLingui()
  const locale = useLocale()
  const words: Record<string, string> = {
    unparsable: t`无法解析`,
    malformed: t`取值不符合要求`,
    unknown_field: t`没有这个字段`,
    unknown_team: t`没有这个客服组`,
    unknown_app: t`没有这个应用`,
    unknown_skill: t`没有客服具备这项技能`,
    unknown_hours: t`没有这个服务时间`,
    unknown_time_zone: t`没有这个时区`,
    unknown_function: t`不能使用这个函数`,
    unknown_variable: t`没有这个事实`,
    not_a_condition: t`条件必须得出真或假`,
    repeated_id: t`编号重复`,
    unreachable: t`永远轮不到这条规则`,
    never_true: t`这个条件永远不成立`,
    no_catch_all: t`最后缺少一条对所有人成立的规则`,
    empty_range: t`时间段的起止相同`,
    starvation: t`有人可能永远等不到接待`,
  }
  return ({ code, message }) => {
    const known = words[code]
    if (known === undefined || locale === 'en') return message
    return t`${known}：${message}`
  }
}
