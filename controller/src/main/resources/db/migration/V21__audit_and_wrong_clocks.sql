-- A host whose clock is years ahead when it starts must not drop the whole log: age counts to the newest event as well, and one
-- month goes at a time, of which there are four in a day.
create or replace function audit_keep(keep interval) returns integer language plpgsql as $$
declare
    this_month constant timestamp := date_trunc('month', now() at time zone 'UTC');
    months     timestamp[] := array(select generate_series(this_month, this_month + interval '2 months', interval '1 month'));
    month      timestamp;
    part       text;
    moving     boolean;
    newest     timestamptz;
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
    -- Before the loop: its own query must not hold what it drops.
    select max(e.at) into newest from audit_event e;
    for part in
        select c.relname from pg_inherits i join pg_class c on c.oid = i.inhrelid
        where i.inhparent = cast('audit_event' as regclass) and c.relname ~ '^audit_event_[0-9]{6}$'
          and to_date(right(c.relname, 6), 'YYYYMM') + interval '1 month'
              < (least(now(), newest) - greatest(keep, interval '31 days')) at time zone 'UTC'
        order by c.relname limit 1
    loop
        execute format('drop table %I', part);
        dropped := dropped + 1;
    end loop;
    return dropped;
end $$;
