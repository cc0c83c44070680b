create table flavor (
    id          text primary key,
    name        text not null unique,
    vcpus       integer not null check (vcpus > 0),
    memory_mib  integer not null check (memory_mib > 0),
    disk_gib    integer not null check (disk_gib >= 0),
    is_public   boolean not null default true,
    description text,
    extra_specs jsonb not null default '{}'
);

create table keypair (
    user_id     text not null,
    name        text not null,
    type        text not null default 'ssh',
    fingerprint text not null,
    public_key  text not null,
    created_at  timestamptz not null default now(),
    -- The "id" that the Compute API shows of a key pair.
    number      bigint not null generated always as identity,
    primary key (user_id, name)
);

create table aggregate (
    id                serial primary key,
    uuid              uuid not null unique default gen_random_uuid(),
    name              text not null unique,
    availability_zone text,
    metadata          jsonb not null default '{}',
    created_at        timestamptz not null default now(),
    updated_at        timestamptz
);

create table aggregate_host (
    aggregate_id integer not null references aggregate (id) on delete cascade,
    host_id      uuid not null references host (id) on delete cascade,
    primary key (aggregate_id, host_id)
);

create sequence instance_number;

create table server (
    id                uuid primary key,
    number            bigint not null unique default nextval('instance_number'),
    project_id        text not null,
    user_id           text not null,
    name              text not null,
    hostname          text not null,
    description       text,
    status            text not null check (status in ('BUILD', 'ACTIVE', 'ERROR', 'DELETING')),
    task_state        text,
    image_id          uuid not null,
    flavor_id         text not null,
    -- The flavor as it was: later changes to it do not change this server.
    flavor_name       text not null,
    vcpus             integer not null,
    memory_mib        integer not null,
    disk_gib          integer not null,
    extra_specs       jsonb not null default '{}',
    image_facts       jsonb not null,
    key_name          text,
    public_key        text,
    user_data         text,
    config_drive      boolean not null default false,
    metadata          jsonb not null default '{}',
    tags              text[] not null default '{}',
    requested_zone    text,
    availability_zone text,
    -- The claim: while host_id is set, vCPU, memory and disk are counted on that host.
    host_id           uuid references host (id),
    reservation_id    text not null,
    -- Position among the servers of one request that asked for several.
    launch_index      integer not null default 0,
    -- What os-instance-actions shows: the requests that created and deleted it.
    create_request_id text not null default '',
    delete_request_id text,
    delete_user_id    text,
    delete_started_at timestamptz,
    fault_code        text,
    fault_message     text,
    fault_details     text,
    fault_at          timestamptz,
    created_at        timestamptz not null default now(),
    updated_at        timestamptz not null default now(),
    launched_at       timestamptz
);
create index server_host on server (host_id) where host_id is not null;
create index server_project on server (project_id);

alter table virtual_function
    add constraint virtual_function_leased_server foreign key (leased_server_id) references server (id),
    add constraint virtual_function_leased_port foreign key (leased_port_id) references port (id);

-- Why a server is where it is, or nowhere: one row a decision, the newest counts.
create table scheduling_decision (
    id         bigserial primary key,
    server_id  uuid not null,
    decided_at timestamptz not null default now(),
    host_id    uuid,
    -- [{"host": name, "accepted": bool, "reasons": [{"filter": name, "sentence": text}]}]
    hosts      jsonb not null
);
create index scheduling_decision_server on scheduling_decision (server_id, id desc);
