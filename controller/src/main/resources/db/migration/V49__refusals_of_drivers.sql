-- A host is asked for more than consoles: for what its drivers refused, and to forget it.
alter table host_query
    alter column server_id drop not null,
    alter column lines drop not null,
    add column kind     text not null default 'console' check (kind in ('console', 'refusals', 'forget_refusals')),
    -- Which kind of card is to be forgotten; null for all.
    add column card     text,
    -- What was answered, as JSON.
    add column refusals text,
    add constraint host_query_console check ((kind = 'console') = (server_id is not null and lines is not null));
