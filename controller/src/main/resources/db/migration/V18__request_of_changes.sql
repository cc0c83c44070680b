-- A token that somebody takes back, and a measurement that lets a host into the pool or keeps it out, are changes of somebody's.
select audited('revocation');
select audited('host_qualification');

-- What the transaction was told of its request (sluice.request, V13): 1 is its id, 2 the global one. Null for none.
create function request_told(part integer) returns text language sql stable as $$
    select nullif(split_part(coalesce(current_setting('sluice.request', true), ''), e'\x1f', part), '')
$$;

-- For which request a server was changed last, as its host's agent is told. A table of its own: changes of ports and subnets
-- change servers too, and must not wait for the servers' rows.
create table server_request (
    server_id         uuid primary key references server (id) on delete cascade,
    request_id        text not null,
    global_request_id text
);
insert into server_request (server_id, request_id)
select id, coalesce(nullif(delete_request_id, ''), create_request_id) from server
where coalesce(nullif(delete_request_id, ''), create_request_id) <> '';

alter table host_query
    add column request_id        text default request_told(1),
    add column global_request_id text default request_told(2);
