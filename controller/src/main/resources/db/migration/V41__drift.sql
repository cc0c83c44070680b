-- NICs of servers that read back otherwise than they were set up, each as its host said the last time.
create table interface_drift (
    port_id   uuid primary key references port (id) on delete cascade,
    server_id uuid not null references server (id) on delete cascade,
    code      text not null,
    reason    text not null,
    -- When it was first seen, by the host's clock.
    seen_at   timestamptz not null,
    -- Whether it still does; what was set back is over.
    lasts     boolean not null,
    times     bigint not null default 1
);
create index interface_drift_server on interface_drift (server_id);
