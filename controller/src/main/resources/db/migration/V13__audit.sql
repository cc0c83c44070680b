-- Who changed what: one row for each row that a request changed, written by triggers in the same transaction, so that there is
-- no change without its event and no event without its change. docs/decisions/0022-audit-by-triggers.md says why.
create table audit_event (
    id                bigint generated always as identity,
    at                timestamptz not null default clock_timestamp(),
    -- changed, or refused: then status says how, and there is neither before nor after.
    outcome           text not null default 'changed' check (outcome in ('changed', 'refused')),
    status            integer,
    request_id        text not null,
    global_request_id text not null default '',
    user_id           text not null default '',
    user_name         text not null default '',
    project_id        text not null default '',
    peer              text not null default '',
    -- Method and route: PUT /network/v2.0/ports/{id}
    action            text not null,
    -- create, update, delete; empty for what was refused
    operation         text not null default '',
    -- The table, and the row's primary key; several columns of it are joined by slashes.
    resource_type     text not null default '',
    resource_id       text not null default '',
    before            jsonb,
    after             jsonb,
    primary key (id, at)
) partition by range (at);
create index audit_event_resource on audit_event (resource_id);
-- The order of time is nearly that of the rows: a few pages say where a time is.
create index audit_event_at on audit_event using brin (at);

-- Append-only: not even the owner of the table changes an event or takes one out. What is too old goes with its whole month.
create function audit_refuse() returns trigger language plpgsql as $$
begin
    raise exception 'audit events are append-only; audit_keep() drops whole months' using errcode = 'insufficient_privilege';
end $$;
create trigger audit_event_append_only before update or delete on audit_event
    for each row execute function audit_refuse();
create trigger audit_event_no_truncate before truncate on audit_event
    for each statement execute function audit_refuse();

-- Makes the partitions of this month and the next two, and drops those of which every event is older than "keep". At least 31
-- days are kept. Returns how many it dropped. Two controllers may call it at once.
create function audit_keep(keep interval) returns integer language plpgsql as $$
declare
    month   timestamptz;
    part    text;
    dropped integer := 0;
begin
    perform pg_advisory_xact_lock(hashtextextended('audit_keep', 0));
    for ahead in 0..2 loop
        month := date_trunc('month', now(), 'UTC') + make_interval(months => ahead);
        part := 'audit_event_' || to_char(month at time zone 'UTC', 'YYYYMM');
        if to_regclass(part) is null then
            execute format('create table %I partition of audit_event for values from (%L) to (%L)',
                part, month, date_trunc('month', month + interval '32 days', 'UTC'));
            execute format('create trigger no_truncate before truncate on %I for each statement
                execute function audit_refuse()', part);
        end if;
    end loop;
    for part in
        select c.relname from pg_inherits i join pg_class c on c.oid = i.inhrelid
        where i.inhparent = cast('audit_event' as regclass) and c.relname ~ '^audit_event_[0-9]{6}$'
          and to_date(right(c.relname, 6), 'YYYYMM') + interval '1 month'
              < (now() - greatest(keep, interval '31 days')) at time zone 'UTC'
    loop
        execute format('drop table %I', part);
        dropped := dropped + 1;
    end loop;
    return dropped;
end $$;

-- Writes down a change of one row. Arguments: the columns of the primary key, and those that nobody may read; either joined by
-- commas. What is not for a request (reports of agents, sweeps) is the trigger's condition's to leave out.
create function audit() returns trigger language plpgsql as $$
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
    insert into audit_event (request_id, global_request_id, user_id, user_name, project_id, peer, action, operation,
        resource_type, resource_id, before, after)
    values (origin[1], origin[2], origin[3], origin[4], origin[5], origin[6], origin[7],
        case tg_op when 'INSERT' then 'create' when 'UPDATE' then 'update' else 'delete' end,
        tg_table_name, coalesce(id, ''), was, is_now);
    return null;
end $$;

-- Has the changes of a table written down. Columns that hold secrets by their names are left out of it; "columns"
-- names those whose updates count, where agents keep the others current.
create function audited(of_table regclass, columns text default null) returns void language plpgsql as $$
declare
    keys   text;
    hidden text;
    told   constant text := $c$current_setting('sluice.request', true) <> ''$c$;
begin
    select string_agg(a.attname, ',' order by u.n) into strict keys
      from pg_index i, unnest(cast(i.indkey as smallint[])) with ordinality u (k, n), pg_attribute a
     where i.indrelid = of_table and i.indisprimary and a.attrelid = of_table and a.attnum = u.k;
    select coalesce(string_agg(a.attname, ','), '') into hidden from pg_attribute a
     where a.attrelid = of_table and a.attnum > 0 and not a.attisdropped
       and a.attname ~ '(password|secret|private|token|jwk|user_data|key_hash|credential|blob)' and a.attname !~ '_at$';
    -- A row that is known by its secret is known by nothing else: the hash of a join token is short of being one.
    execute format('create or replace trigger audit_rows after insert or delete on %s for each row when (%s)
        execute function audit(%L, %L)', of_table, told, keys, hidden);
    execute format('create or replace trigger audit_updates after update %s on %s for each row
        when (old.* is distinct from new.* and %s) execute function audit(%L, %L)',
        case when columns is null then '' else 'of ' || columns end, of_table, told, keys, hidden);
end $$;

select audit_keep(interval '400 days');

-- Every table that people change. The others are the controllers' and the agents' own, and follow from these.
select audited(t) from unnest(cast(array[
    'project', 'account', 'role', 'role_assignment', 'cloud_assignment',
    'network', 'subnet', 'allocation_pool', 'security_group', 'security_group_rule', 'port',
    'image', 'flavor', 'keypair', 'aggregate', 'aggregate_host', 'server',
    'physical_network', 'vlan_range', 'bridge_uplink', 'join_token', 'qualification_setting', 'class_baseline'
    ] as regclass[])) t;
-- A port is made with its addresses and groups: one event at the end of the transaction has them all, in place of one for each
-- row, which would cost twice as much. What comes to a port later, or leaves it, has events of its own.
create function audit_port_made() returns trigger language plpgsql as $$
declare
    origin text[] := string_to_array(current_setting('sluice.request'), E'\x1f');
begin
    insert into audit_event (request_id, global_request_id, user_id, user_name, project_id, peer, action, operation,
        resource_type, resource_id, after)
    values (origin[1], origin[2], origin[3], origin[4], origin[5], origin[6], origin[7], 'create', 'port',
        cast(new.id as text), to_jsonb(new) || jsonb_build_object(
            'ip_addresses', array(select host(a.address) from ip_allocation a where a.port_id = new.id),
            'security_group_ids', array(select g.security_group_id from port_security_group g where g.port_id = new.id)));
    return null;
end $$;
create function made_here(port_id uuid) returns boolean language sql stable as $$
    select coalesce((select p.created_at = now() from port p where p.id = port_id), false)
$$;
drop trigger audit_rows on port;
create trigger audit_rows after delete on port for each row
    when (current_setting('sluice.request', true) <> '') execute function audit('id', '');
create constraint trigger audit_made after insert on port deferrable initially deferred for each row
    when (current_setting('sluice.request', true) <> '') execute function audit_port_made();
create trigger audit_rows after insert on ip_allocation for each row
    when (current_setting('sluice.request', true) <> '' and not made_here(new.port_id))
    execute function audit('port_id,subnet_id,address', '');
create trigger audit_updates after update or delete on ip_allocation for each row
    when (current_setting('sluice.request', true) <> '') execute function audit('port_id,subnet_id,address', '');
create trigger audit_rows after insert on port_security_group for each row
    when (current_setting('sluice.request', true) <> '' and not made_here(new.port_id))
    execute function audit('port_id,security_group_id', '');
create trigger audit_updates after update or delete on port_security_group for each row
    when (current_setting('sluice.request', true) <> '') execute function audit('port_id,security_group_id', '');
select audited('host', 'enabled, disabled_reason, name');
select audited('physical_function', 'physical_network');
