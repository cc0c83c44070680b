-- NICs that come to a server that stands, or go from it, until its host has said that they have. A port that is no server's
-- NIC any more has no row here.
create table interface_change (
    -- What the host is told and tells it by: a port that comes again comes under another number.
    id        bigint generated always as identity primary key,
    port_id   uuid not null unique references port (id) on delete cascade,
    server_id uuid not null references server (id) on delete cascade,
    kind      text not null check (kind in ('attach', 'detach')),
    -- What was asked for, as long as nothing has come of it.
    action_id bigint references server_action (id) on delete set null
);
create index interface_change_of_server on interface_change (server_id);
create index interface_change_of_action on interface_change (action_id) where action_id is not null;
