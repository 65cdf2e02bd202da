import { useLingui } from '@lingui/react/macro'
import { Dialog } from '../ui/dialog.tsx'
import { CustomerPane } from './customer-pane.tsx'

type Props = { readonly conversationId: string; readonly onClose: () => void }

/** The customer's pane where there is no room beside the thread. */
export function CustomerDialog({ conversationId, onClose }: Props) {
  const { t } = useLingui()
  return (
    <Dialog open onClose={onClose} title={t`客户资料`}>
      <CustomerPane id={conversationId} bare />
    </Dialog>
  )
}
