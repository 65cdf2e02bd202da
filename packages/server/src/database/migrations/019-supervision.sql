-- Whispers of a conversation, and what an agent's status was, are read from the log itself.
create index event_of_whisper on event (org_id, conversation_id, position) where type = 'session.whispered';
create index event_of_status on event (org_id, (facts ->> 'agentId'), position) where type = 'agent.status-changed';
