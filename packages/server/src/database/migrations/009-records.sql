-- readable from 1
-- Who held a conversation at a position, and what was taken back later: both are asked for every line of the record.
create index event_of_holding on event (org_id, conversation_id, position)
  where type in ('session.assigned', 'session.queued', 'session.closed');
create index event_of_recall on event (org_id, conversation_id, position) where type = 'message.recalled';
