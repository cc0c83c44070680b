-- All hosts answer DHCP and metadata of a network under one address, each its own guests, so that a network has one port for it and
-- no longer one a host. "serves" says that a port is one. With a service_host_id it is of the time before: the host goes on with
-- it until its agent says that it keeps what it answers off the wire, and serves from another address.
alter table port add column serves boolean not null default false;
update port set serves = true where service_host_id is not null;

-- The oldest of each network becomes that of all hosts: the one that served from it need not change.
update port p set service_host_id = null, device_id = 'dhcp-' || p.network_id
from (select distinct on (network_id) id from port where service_host_id is not null order by network_id, created_at, id) oldest
where oldest.id = p.id;
create unique index port_serves_once on port (network_id) where serves and service_host_id is null;

alter table host
    -- Whether its agent keeps what it answers off the wire, so that other hosts may answer under the same address.
    add column serves_shared boolean not null default false,
    -- What keeps it from taking servers, in sentences of its agent.
    add column faults        text[] not null default '{}';

-- Why none of its free virtual functions is given away: its driver does not come back from a call.
alter table physical_function add column fault text;
