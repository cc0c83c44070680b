-- Hosts as they enrolled, what their agents found, and what the operator said about it.
create sequence host_number;

create table host (
    id                  uuid primary key,
    number              integer not null unique default nextval('host_number'),
    name                text not null unique,
    enrolled_at         timestamptz not null default now(),
    last_seen_at        timestamptz,
    enabled             boolean not null default true,
    disabled_reason     text,
    hypervisor_type     text not null default 'QEMU',
    hypervisor_version  integer not null default 0,
    cpu_architecture    text not null default 'x86_64',
    interfaces          text[] not null default '{}',
    vcpus_total         integer not null default 0,
    vcpus_used          integer not null default 0,
    memory_mib_total    integer not null default 0,
    memory_mib_used     integer not null default 0,
    disk_gib_total      integer not null default 0,
    disk_gib_used       integer not null default 0,
    desired_revision    bigint not null default 0,
    constraint host_vcpus_not_negative check (vcpus_used >= 0),
    constraint host_memory_not_negative check (memory_mib_used >= 0),
    constraint host_disk_not_negative check (disk_gib_used >= 0)
);

create table join_token (
    secret_hash text primary key,
    created_at  timestamptz not null default now(),
    expires_at  timestamptz not null,
    used_at     timestamptz,
    host_id     uuid references host (id) on delete set null,
    -- SHA-256 of the public key that spent it: the same agent may ask again when the answer got lost on its way.
    key_hash    text
);

create table physical_network (
    name text primary key,
    -- Largest IP packet that its switches carry.
    mtu  integer not null default 1500
);

-- VLAN ids from which networks without an explicit one are allocated.
create table vlan_range (
    physical_network text not null references physical_network (name) on delete cascade,
    first            integer not null check (first between 1 and 4094),
    last             integer not null check (last between 1 and 4094),
    primary key (physical_network, first),
    check (first <= last)
);

create table physical_function (
    id               uuid primary key,
    host_id          uuid not null references host (id) on delete cascade,
    serial           text not null,
    port             integer not null,
    name             text not null,
    address          text not null,
    vendor_id        text not null,
    device_id        text not null,
    vf_device_id     text not null,
    driver           text not null,
    numa_node        integer not null,
    total_vfs        integer not null,
    mac              text not null,
    carrier          boolean not null,
    present          boolean not null default true,
    physical_network text references physical_network (name),
    unique (host_id, serial, port)
);

-- One row a VF. A lease is (server, port) plus a generation that grows with each lease; it ends only when the agent has
-- reported the VF neutral under that generation.
create table virtual_function (
    physical_function_id uuid not null references physical_function (id) on delete cascade,
    index                integer not null,
    address              text not null,
    iommu_group          integer not null,
    present              boolean not null default true,
    generation           bigint not null default 0,
    leased_port_id       uuid unique,
    leased_server_id     uuid,
    primary key (physical_function_id, index),
    check ((leased_port_id is null) = (leased_server_id is null))
);

-- Which netdev of a host is the uplink of bridges on a physical network.
create table bridge_uplink (
    host_id          uuid not null references host (id) on delete cascade,
    physical_network text not null references physical_network (name),
    interface        text not null,
    primary key (host_id, physical_network)
);

-- Questions that only a host can answer (console output); short-lived.
create table host_query (
    id          uuid primary key,
    host_id     uuid not null references host (id) on delete cascade,
    server_id   uuid not null,
    lines       integer not null,
    created_at  timestamptz not null default now(),
    answer      text,
    answered_at timestamptz
);
create index host_query_open on host_query (host_id) where answered_at is null;
