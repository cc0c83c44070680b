-- A server's place on a host is a row of its own, since a server that moves has two: its resources, what its host is to make of it,
-- and what hangs on it, the leases of virtual functions and the bindings of ports.
create table claim (
    server_id        uuid not null references server (id),
    host_id          uuid not null references host (id),
    -- Where it is; where it is going to; where it was and may go back to.
    role             text not null check (role in ('current', 'incoming', 'outgoing')),
    -- Grows with every claim of the server: what a host reports of an earlier one says nothing.
    generation       bigint not null check (generation > 0),
    vcpus            integer not null check (vcpus >= 0),
    memory_mib       integer not null check (memory_mib >= 0),
    disk_gib         integer not null check (disk_gib >= 0),
    -- Whether the host should have it. The claim is held until nothing of it is left there.
    present          boolean not null default true,
    power            text not null default 'RUNNING' check (power in ('RUNNING', 'STOPPED', 'PAUSED')),
    power_generation bigint not null default 0,
    boots            integer not null default 0,
    rebuilds         integer not null default 0,
    power_ending     text not null default 'GRACEFUL' check (power_ending in ('GRACEFUL', 'AT_ONCE')),
    doubt_at         timestamptz,
    primary key (server_id, host_id),
    -- At the end of a statement: roles are exchanged in one.
    constraint claim_role_once unique (server_id, role) deferrable initially immediate
);
create index claim_host on claim (host_id);

-- How many claims there have ever been of it.
alter table server add column claims bigint not null default 0;

insert into claim (server_id, host_id, role, generation, vcpus, memory_mib, disk_gib, present, power, power_generation, boots,
    rebuilds, power_ending, doubt_at)
select id, host_id, 'current', 1, vcpus, memory_mib, disk_gib, present, power, power_generation, boots, rebuilds, power_ending, doubt_at
from server where host_id is not null;
update server set claims = 1 where host_id is not null;

alter table server
    drop column present,
    drop column power,
    drop column power_generation,
    drop column boots,
    drop column rebuilds,
    drop column power_ending,
    drop column doubt_at,
    -- Where it is shown to be is where it has its current claim.
    add constraint server_host_claimed foreign key (id, host_id) references claim (server_id, host_id);
drop index server_host;
create index server_host on server (host_id, id) where host_id is not null;

-- A lease hangs on the claim of its server on its card's host, and a port that moves has two.
alter table virtual_function add column leased_host_id uuid;
update virtual_function vf set leased_host_id = pf.host_id
from physical_function pf where pf.id = vf.physical_function_id and vf.leased_port_id is not null;
alter table virtual_function
    drop constraint virtual_function_leased_port_id_key,
    drop constraint virtual_function_leased_server,
    add constraint virtual_function_lease_once unique (leased_port_id, leased_host_id),
    add constraint virtual_function_lease_whole check (num_nulls(leased_port_id, leased_server_id, leased_host_id) in (0, 3)),
    add constraint virtual_function_claim foreign key (leased_server_id, leased_host_id) references claim (server_id, host_id);
drop index virtual_function_server;
create index virtual_function_of_claim on virtual_function (leased_server_id, leased_host_id) where leased_server_id is not null;

-- How a port is plugged into a host: one binding for each claim of its server, and that of the current one is active.
create table port_binding (
    port_id     uuid not null references port (id) on delete cascade,
    server_id   uuid not null,
    host_id     uuid not null,
    active      boolean not null,
    vif_type    text not null,
    vif_details jsonb not null default '{}',
    -- The profile of a bound direct port: pci_slot, pci_vendor_info, physical_network and so on.
    facts       jsonb not null default '{}',
    primary key (port_id, host_id),
    constraint port_binding_claim foreign key (server_id, host_id) references claim (server_id, host_id) on delete cascade
);
create unique index port_binding_active on port_binding (port_id) where active;
create index port_binding_of_claim on port_binding (server_id, host_id);
create index port_binding_of_host on port_binding (host_id);

insert into port_binding (port_id, server_id, host_id, active, vif_type, vif_details, facts)
select p.id, p.server_id, p.binding_host_id, true, p.vif_type, p.vif_details, p.binding_facts
from port p join claim c on c.server_id = p.server_id and c.host_id = p.binding_host_id;

drop index port_binding_host;
alter table port
    drop column binding_host_id,
    drop column vif_type,
    drop column vif_details,
    drop column binding_facts;
