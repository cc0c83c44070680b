-- Since when an operator says that a host is down, whatever its agent says.
alter table host add column forced_down_at timestamptz;
select audited('host', 'enabled, disabled_reason, name, key_digest, forced_down_at');

-- Servers that no host takes now, and that one which is just coming back may take. Whoever places or refuses one takes its row away.
create table waiting_server (
    server_id uuid primary key references server (id) on delete cascade,
    until     timestamptz not null
);

-- Those that something is under way with, and no host to do it: few, or none.
create index server_nowhere on server (number) where host_id is null and task_state is not null;
