-- Of objects that hosts are told of beside their servers: which of them changed, and since which revision of the host, as server_revision says it
-- of servers. A subnet that changes is one row for each host that carries its network, and none for each server there.
create table object_revision (
    host_id   uuid   not null references host on delete cascade,
    -- 'segment': a network as the host has it, by the network's id.
    kind      text   not null,
    object_id uuid   not null,
    revision  bigint not null,
    -- The request that changed it last, for logs.
    request_id        text,
    global_request_id text,
    primary key (host_id, kind, object_id)
);
create index object_revision_of_host on object_revision (host_id, revision);

-- What desired_history and noted_revision (V52) are to controllers of the version before, these are to those that know of objects. Where an object
-- changes, those of before are told that nobody knows what changed: they would take it for nothing.
alter table host
    add column parts_history uuid not null default gen_random_uuid(),
    add column parts_revision bigint not null default -1;
-- No agent has one of the new histories yet, so that each begins where its host is.
update host set parts_revision = desired_revision;

-- What the NICs of a host on those networks have in common. Its plan is kept, as those of attached_ports and port_addresses (V51) are.
create function host_segments(at_host uuid, networks uuid[])
returns table (network_id uuid, physical_network text, segmentation_id int, mtu int, uplink text, subnets jsonb,
    service_port uuid, service_mac text, service_addresses jsonb, request_id text, global_request_id text)
language plpgsql stable set plan_cache_mode = force_generic_plan as $$
#variable_conflict use_column
begin
    return query
    select n.id, n.physical_network, n.segmentation_id, n.mtu, u.interface,
        (select coalesce(jsonb_agg(jsonb_build_object(
                    'cidr', text(s.cidr), 'gateway', host(s.gateway_ip),
                    'nameServers', (select coalesce(jsonb_agg(host(d)), '[]') from unnest(s.dns_nameservers) d),
                    'hostRoutes', s.host_routes, 'dhcp', s.enable_dhcp)
                order by s.ip_version, s.created_at), '[]')
         from subnet s where s.network_id = n.id),
        dhcp.id, dhcp.mac_address, port_addresses(dhcp.id), r.request_id, r.global_request_id
    from network n
    left join object_revision r on r.host_id = at_host and r.kind = 'segment' and r.object_id = n.id
    left join bridge_uplink u on u.host_id = at_host and u.physical_network = n.physical_network
    left join port dhcp on dhcp.id = coalesce(
        -- A host of the time when each had a port of its own keeps that until it can do without.
        (select p.id from port p where p.network_id = n.id and p.service_host_id = at_host
            and exists (select 1 from host h where h.id = at_host and not h.serves_shared)),
        (select p.id from port p where p.network_id = n.id and p.serves and p.service_host_id is null))
    where n.id = any(networks) order by n.id;
end $$;
