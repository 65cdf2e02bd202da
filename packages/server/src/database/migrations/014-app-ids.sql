-- WeChat's calls name nothing but an appId, so that no account and no app's attachment of an installation may share one.
-- Each table keeps its own unique; between the two, whoever comes second waits for the first to end, and then sees it.
-- Within an organization the decision looks to it, and lets an appId move from one to the other.
create function refuse_taken_app_id() returns trigger
language plpgsql set role = duoke_worker set search_path from current
as $$
declare
  given constant text := to_jsonb(new) ->> tg_argv[0];
begin
  perform pg_advisory_xact_lock(hashtextextended('wechat app id ' || given, 0));
  if exists (select from account a where a.app_id = given and a.org_id <> new.org_id)
    or exists (select from app_attachment t where t.wechat_app_id = given and t.org_id <> new.org_id)
  then
    raise exception 'the appId % belongs to another organization', given using errcode = 'unique_violation';
  end if;
  return new;
end
$$;

create trigger refuse_taken_app_id before insert or update of app_id on account
  for each row execute function refuse_taken_app_id('app_id');
create trigger refuse_taken_app_id before insert or update of wechat_app_id on app_attachment
  for each row execute function refuse_taken_app_id('wechat_app_id');
