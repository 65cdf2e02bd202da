import { useStore } from 'zustand'
import { BlockDialog } from '../customer/block-dialog.tsx'
import { CustomerDialog } from '../customer/customer-dialog.tsx'
import { DecisionDialog } from '../customer/decision-dialog.tsx'
import { DateDialog } from '../finding/date-dialog.tsx'
import { SearchDialog } from '../finding/search-dialog.tsx'
import { RemoveExampleDialog } from '../first-run/remove-example-dialog.tsx'
import { CloseDialog } from '../inbox/close-dialog.tsx'
import { DeclineDialog } from '../inbox/decline-dialog.tsx'
import { ParkDialog } from '../inbox/park-dialog.tsx'
import { TransferDialog } from '../inbox/transfer-dialog.tsx'
import { KeysDialog } from '../keys/keys-dialog.tsx'
import { Palette } from '../keys/palette.tsx'
import { ResolveDialog } from '../message-box/resolve-dialog.tsx'
import { MentionsDialog } from '../notes/mentions-dialog.tsx'
import { Lightbox } from '../thread/lightbox.tsx'
import { SendAgainDialog } from '../thread/send-again-dialog.tsx'
import { SuperviseDialog } from '../thread/supervise-dialog.tsx'
import { closeDialog, deskState } from './desk-state.ts'

/** All of them in one file that is loaded when the desk is idle: none is needed for the first look. */
export function OpenDialogs() {
  const dialog = useStore(deskState, (state) => state.dialog)
  switch (dialog.kind) {
    case 'none':
      return null
    case 'keys':
      return <KeysDialog onClose={closeDialog} />
    case 'palette':
      return <Palette onClose={closeDialog} />
    case 'mentions':
      return <MentionsDialog onClose={closeDialog} />
    case 'search':
      return <SearchDialog onClose={closeDialog} />
    case 'date':
      return <DateDialog conversationId={dialog.conversationId} onClose={closeDialog} />
    case 'customer':
      return <CustomerDialog conversationId={dialog.conversationId} onClose={closeDialog} />
    case 'close':
      return <CloseDialog conversationId={dialog.conversationId} onClose={closeDialog} />
    case 'park':
      return <ParkDialog conversationId={dialog.conversationId} onClose={closeDialog} />
    case 'resolve-left':
      return <ResolveDialog conversationId={dialog.conversationId} onClose={closeDialog} />
    case 'supervise':
      return <SuperviseDialog conversationId={dialog.conversationId} onClose={closeDialog} />
    case 'decline':
      return <DeclineDialog conversationId={dialog.conversationId} onClose={closeDialog} />
    case 'transfer':
      return <TransferDialog conversationId={dialog.conversationId} onClose={closeDialog} />
    case 'block':
      return <BlockDialog customerId={dialog.customerId} name={dialog.name} onClose={closeDialog} />
    case 'decision':
      return <DecisionDialog decisionId={dialog.decisionId} onClose={closeDialog} />
    case 'remove-example':
      return <RemoveExampleDialog onClose={closeDialog} />
    case 'image':
      return <Lightbox mediaId={dialog.mediaId} onClose={closeDialog} />
    case 'send-again':
      return (
        <SendAgainDialog conversationId={dialog.conversationId} messageId={dialog.messageId} onClose={closeDialog} />
      )
    default:
      return dialog satisfies never
  }
}
