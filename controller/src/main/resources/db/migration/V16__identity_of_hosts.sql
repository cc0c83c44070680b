-- A host is who holds its key: the SHA-256 of the public key in its certificate, as join_token.key_hash has it. A certificate
-- for the same host and another key is that of a machine that somebody else has replaced (docs/decisions/0024). What the tokens
-- do not know, the controllers take over at the host's next call.
alter table host add column key_digest text;
update host h set key_digest = t.key_hash
  from (select distinct on (host_id) host_id, key_hash from join_token
         where host_id is not null and key_hash is not null order by host_id, used_at desc) t
 where t.host_id = h.id;
-- Who gives a host to another machine is asked for it later.
select audited('host', 'enabled, disabled_reason, name, key_digest');

-- Each of these columns has two indexes: V8 made another.
drop index account_default_project_id;
drop index role_assignment_project_id;
drop index role_assignment_role_id;
drop index host_query_open;

-- Addresses and groups that a port is made with are part of its own event. Which they are was asked of the table of ports, in a
-- trigger's condition, for every row and also where nothing was to be written down; that was most of what the audit log cost a
-- port. Now the port that was made last in the transaction leaves its id.
create function audit_port_making() returns trigger language plpgsql as $$
begin
    perform set_config('sluice.port_made', cast(new.id as text), true);
    return null;
end $$;
create trigger audit_making after insert on port for each row
    when (current_setting('sluice.request', true) <> '') execute function audit_port_making();
create or replace trigger audit_rows after insert on ip_allocation for each row
    when (current_setting('sluice.request', true) <> ''
        and current_setting('sluice.port_made', true) is distinct from cast(new.port_id as text))
    execute function audit('port_id,subnet_id,address', '');
create or replace trigger audit_rows after insert on port_security_group for each row
    when (current_setting('sluice.request', true) <> ''
        and current_setting('sluice.port_made', true) is distinct from cast(new.port_id as text))
    execute function audit('port_id,security_group_id', '');
drop function made_here(uuid);

-- An event of a month without a partition must not fail the change that it tells of: a machine that was suspended for long wakes
-- in such a month, and a clock may be set. Such events wait here until audit_keep() makes their month.
create table audit_event_late partition of audit_event default;
create trigger no_truncate before truncate on audit_event_late for each statement execute function audit_refuse();

-- As before; and moves what waits to its month. Months are UTC's, whatever the time zone of who asks: added to a time with
-- a zone, "one month" is that zone's, and there the 1st may be the 30th of the month before.
create or replace function audit_keep(keep interval) returns integer language plpgsql as $$
declare
    this_month constant timestamp := date_trunc('month', now() at time zone 'UTC');
    months     timestamp[] := array(select generate_series(this_month, this_month + interval '2 months', interval '1 month'));
    month      timestamp;
    part       text;
    moving     boolean;
    dropped    integer := 0;
begin
    perform pg_advisory_xact_lock(hashtextextended('audit_keep', 0));
    select exists (select from audit_event_late) into moving;
    if moving then
        alter table audit_event detach partition audit_event_late;
        alter table audit_event_late rename to audit_event_moving;
        create table audit_event_late partition of audit_event default;
        create trigger no_truncate before truncate on audit_event_late for each statement execute function audit_refuse();
        months := months || array(select distinct date_trunc('month', e.at at time zone 'UTC') from audit_event_moving e);
    end if;
    foreach month in array months loop
        part := 'audit_event_' || to_char(month, 'YYYYMM');
        if to_regclass(part) is null then
            execute format('create table %I partition of audit_event for values from (%L) to (%L)',
                part, month at time zone 'UTC', (month + interval '1 month') at time zone 'UTC');
            execute format('create trigger no_truncate before truncate on %I for each statement
                execute function audit_refuse()', part);
        end if;
    end loop;
    if moving then
        insert into audit_event overriding system value select * from audit_event_moving;
        drop table audit_event_moving;
    end if;
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
