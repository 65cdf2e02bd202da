-- readable from 1
-- Plans of prepared statements are made while a new table is still empty, and kept until it is analyzed. Of indexes that
-- look equally good then, PostgreSQL takes the newest: that has to be the key, or each look at one conversation reads all.
alter table conversation drop constraint conversation_pkey, add primary key (org_id, conversation_id);
