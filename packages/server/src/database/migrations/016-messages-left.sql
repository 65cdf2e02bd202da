-- Messages left (留言): conversations in which one is open, the oldest first. Nobody holds them, so the queue's index has them not.
alter table conversation add column left_at timestamptz, add column left_for text;
create index conversation_left on conversation (org_id, left_at, conversation_id) where left_at is not null;
