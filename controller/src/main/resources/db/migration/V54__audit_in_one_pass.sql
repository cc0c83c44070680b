-- What an update changed is found in one pass over the two rows. Asked of each of them against the other, as audit_difference() does, it cost
-- an audited update of a server a quarter of its time, and a boot has several. The events are the same.
create or replace function audit() returns trigger language plpgsql as $$
declare
    origin  text[] := string_to_array(current_setting('sluice.request'), E'\x1f');
    hidden  text[] := string_to_array(tg_argv[1], ',');
    changed text[];
    was     jsonb;
    is_now  jsonb;
    shown   jsonb;
    id      text;
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
        if tg_op = 'UPDATE' then
            select array_agg(k) into changed from unnest(hidden) k where was -> k is distinct from is_now -> k;
        end if;
        was := was - hidden;
        is_now := is_now - hidden;
    end if;
    if tg_op = 'UPDATE' then
        -- Two rows of one table have the same columns; what differs within one is asked for both ways.
        select coalesce(jsonb_object_agg(o.key, case when k.nested then audit_difference(o.value, n.value) else o.value end), '{}'),
               coalesce(jsonb_object_agg(n.key, case when k.nested then audit_difference(n.value, o.value) else n.value end), '{}')
          into was, is_now
          from jsonb_each(was) o join jsonb_each(is_now) n on n.key = o.key and n.value is distinct from o.value,
               lateral (select jsonb_typeof(o.value) = 'object' and jsonb_typeof(n.value) = 'object' as nested) k;
        if changed is not null then
            was := was || jsonb_object_agg(k, cast('a secret' as text)) from unnest(changed) k;
            is_now := is_now || jsonb_object_agg(k, cast('another secret' as text)) from unnest(changed) k;
        end if;
    end if;
    insert into audit_event (request_id, global_request_id, user_id, user_name, project_id, peer, action, operation,
        resource_type, resource_id, before, after)
    values (origin[1], origin[2], origin[3], origin[4], origin[5], origin[6], origin[7],
        case tg_op when 'INSERT' then 'create' when 'UPDATE' then 'update' else 'delete' end,
        tg_table_name, coalesce(id, ''), was, is_now);
    return null;
end $$;
