-- An event of an update has what changed, and not the row twice: a server's row has up to hundreds of KiB, of which a request of
-- some bytes changes one item. Which row it is stands in the event's own columns; what it was as a whole, in the events before.

-- The members of "these" that the others do not have, or have otherwise; of an object that both have, the same of its members.
create function audit_difference(these jsonb, others jsonb) returns jsonb language sql immutable as $$
    select coalesce(jsonb_object_agg(m.name, case
        when jsonb_typeof(m.value) = 'object' and jsonb_typeof(others -> m.name) = 'object'
            then audit_difference(m.value, others -> m.name)
        else m.value end), '{}')
    from jsonb_each(these) m (name, value)
    where m.value is distinct from others -> m.name
$$;

create or replace function audit() returns trigger language plpgsql as $$
declare
    origin text[] := string_to_array(current_setting('sluice.request'), E'\x1f');
    hidden text[] := string_to_array(tg_argv[1], ',');
    was    jsonb;
    is_now jsonb;
    shown  jsonb;
    id     text;
begin
    if tg_op <> 'INSERT' then
        was := to_jsonb(old);
    end if;
    if tg_op <> 'DELETE' then
        is_now := to_jsonb(new);
    end if;
    shown := coalesce(is_now, was);
    id := shown ->> tg_argv[0];
    if id is null then
        select string_agg(shown ->> k, '/' order by n) into id from unnest(string_to_array(tg_argv[0], ',')) with ordinality u (k, n);
    end if;
    if cardinality(hidden) > 0 then
        was := was - hidden;
        is_now := is_now - hidden;
    end if;
    if tg_op = 'UPDATE' then
        shown := audit_difference(was, is_now);
        is_now := audit_difference(is_now, was);
        was := shown;
    end if;
    insert into audit_event (request_id, global_request_id, user_id, user_name, project_id, peer, action, operation,
        resource_type, resource_id, before, after)
    values (origin[1], origin[2], origin[3], origin[4], origin[5], origin[6], origin[7],
        case tg_op when 'INSERT' then 'create' when 'UPDATE' then 'update' else 'delete' end,
        tg_table_name, coalesce(id, ''), was, is_now);
    return null;
end $$;
