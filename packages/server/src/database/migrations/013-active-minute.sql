-- The lists of conversations find their page by the minute of the last activity, and only sort within it by the moment. The
-- moment itself changes with each message: as long as indexes held it, each message wrote a new entry into every index of
-- the table. A free part in each page takes the new version of a row beside the old one, so that no index hears of it.
-- readable from 10
alter table conversation set (fillfactor = 70);
alter table conversation add column active_minute timestamptz
  generated always as (date_bin(interval '1 minute', last_at, timestamptz '2000-01-01 00:00:00+00')) stored;

drop index conversation_by_activity;
drop index conversation_by_status;
drop index conversation_by_holder;
create index conversation_by_activity on conversation (org_id, active_minute desc);
create index conversation_by_status on conversation (org_id, status, active_minute desc);
create index conversation_by_holder on conversation (org_id, holder_id, active_minute desc) where status = 'open';

-- As in 005: among equals PostgreSQL takes the newest index, and that has to be the key.
alter table conversation drop constraint conversation_pkey, add primary key (org_id, conversation_id);
