create table network (
    id               uuid primary key,
    project_id       text not null,
    name             text not null,
    description      text not null default '',
    admin_state_up   boolean not null default true,
    shared           boolean not null default false,
    external         boolean not null default false,
    port_security    boolean not null default true,
    mtu              integer not null,
    network_type     text not null check (network_type in ('vlan', 'flat')),
    physical_network text not null references physical_network (name),
    segmentation_id  integer check (segmentation_id between 1 and 4094),
    tags             text[] not null default '{}',
    revision_number  bigint not null default 1,
    created_at       timestamptz not null default now(),
    updated_at       timestamptz not null default now(),
    check ((network_type = 'vlan') = (segmentation_id is not null)),
    -- Nulls count as equal, so that a physical network has one flat network.
    constraint network_segment_once unique nulls not distinct (physical_network, segmentation_id)
);

create table subnet (
    id               uuid primary key,
    network_id       uuid not null references network (id),
    project_id       text not null,
    name             text not null,
    description      text not null default '',
    ip_version       integer not null check (ip_version in (4, 6)),
    cidr             cidr not null,
    gateway_ip       inet,
    enable_dhcp      boolean not null default true,
    dns_nameservers  inet[] not null default '{}',
    host_routes      jsonb not null default '[]',
    tags             text[] not null default '{}',
    revision_number  bigint not null default 0,
    created_at       timestamptz not null default now(),
    updated_at       timestamptz not null default now()
);

create table allocation_pool (
    subnet_id uuid not null references subnet (id) on delete cascade,
    first     inet not null,
    last      inet not null,
    primary key (subnet_id, first)
);

create table security_group (
    id              uuid primary key,
    project_id      text not null,
    name            text not null,
    description     text not null default '',
    stateful        boolean not null default true,
    tags            text[] not null default '{}',
    revision_number bigint not null default 1,
    created_at      timestamptz not null default now(),
    updated_at      timestamptz not null default now()
);
-- Every project has exactly one default group, whoever asks for it first.
create unique index security_group_default on security_group (project_id) where name = 'default';

create table security_group_rule (
    id                uuid primary key,
    security_group_id uuid not null references security_group (id) on delete cascade,
    project_id        text not null,
    direction         text not null check (direction in ('ingress', 'egress')),
    ethertype         text not null check (ethertype in ('IPv4', 'IPv6')),
    protocol          text,
    port_range_min    integer,
    port_range_max    integer,
    remote_ip_prefix  cidr,
    remote_group_id   uuid references security_group (id) on delete cascade,
    description       text not null default '',
    revision_number   bigint not null default 0,
    created_at        timestamptz not null default now(),
    updated_at        timestamptz not null default now()
);

create table port (
    id               uuid primary key,
    network_id       uuid not null references network (id),
    project_id       text not null,
    name             text not null,
    description      text not null default '',
    admin_state_up   boolean not null default true,
    -- ACTIVE only when the agent has read back everything that was asked for.
    status           text not null default 'DOWN' check (status in ('DOWN', 'BUILD', 'ACTIVE', 'ERROR')),
    mac_address      text not null,
    -- The layer-2 domain in which the address must be unique: the physical network.
    fabric           text not null,
    device_id        text not null default '',
    device_owner     text not null default '',
    port_security    boolean not null default true,
    vnic_type        text not null check (vnic_type in ('normal', 'direct')),
    -- What the user put into binding:profile; what Sluice found out is in binding_facts.
    binding_profile  jsonb not null default '{}',
    binding_host_id  uuid references host (id),
    binding_host     text not null default '',
    vif_type         text not null default 'unbound',
    vif_details      jsonb not null default '{}',
    -- The profile of a bound direct port: pci_slot, pci_vendor_info, physical_network and so on.
    binding_facts    jsonb not null default '{}',
    -- The server whose NIC it is. Set by server create only: device_id is for anyone to write, and must not put a NIC
    -- into somebody's server.
    server_id        uuid,
    -- Order of the NIC within its server.
    nic_index        integer not null default 0,
    -- Made by a server create that named a network; goes with the server.
    made_for_server  boolean not null default false,
    -- For network:dhcp ports: the host that serves DHCP and metadata from it.
    service_host_id  uuid references host (id),
    tags             text[] not null default '{}',
    revision_number  bigint not null default 1,
    created_at       timestamptz not null default now(),
    updated_at       timestamptz not null default now(),
    constraint port_mac_once_per_fabric unique (fabric, mac_address)
);
create index port_device on port (device_id) where device_id <> '';
create index port_server on port (server_id) where server_id is not null;
create index port_network on port (network_id);
create unique index port_service_once on port (network_id, service_host_id) where service_host_id is not null;

create table ip_allocation (
    subnet_id uuid not null references subnet (id),
    address   inet not null,
    port_id   uuid not null references port (id) on delete cascade,
    primary key (subnet_id, address)
);
create index ip_allocation_port on ip_allocation (port_id);

create table port_security_group (
    port_id           uuid not null references port (id) on delete cascade,
    security_group_id uuid not null references security_group (id),
    primary key (port_id, security_group_id)
);
