-- What is told to hosts of ports. Functions for the reason that shown_nics is one (V23): each boot reads this four times, and planning it
-- takes twice as long as doing it.

-- A port's addresses, IPv4 first, with what guests are told of their subnets.
create function port_addresses(port uuid) returns jsonb
language plpgsql stable set plan_cache_mode = force_generic_plan as $$
begin
    return (
        select coalesce(jsonb_agg(jsonb_build_object(
                    'address', host(a.address), 'cidr', text(s.cidr), 'gateway', host(s.gateway_ip),
                    'nameServers', (select coalesce(jsonb_agg(host(d)), '[]') from unnest(s.dns_nameservers) d),
                    'hostRoutes', s.host_routes, 'dhcp', s.enable_dhcp)
                order by s.ip_version, s.created_at, a.address), '[]')
        from port_address a join subnet s on s.id = a.subnet_id where a.port_id = port);
end $$;

-- The NICs of servers, each server's in order.
create function attached_ports(servers uuid[])
returns table (id uuid, server_id uuid, network_id uuid, vnic_type text, mac_address text, port_security boolean, status text,
    nic_index int, made_for_server boolean, network_name text, physical_network text, network_type text, segmentation_id int, mtu int,
    security_groups jsonb, addresses jsonb, change bigint, change_kind text)
language plpgsql stable set plan_cache_mode = force_generic_plan as $$
#variable_conflict use_column
begin
    return query
    select p.id, p.server_id, p.network_id, p.vnic_type, p.mac_address, p.port_security, p.status, p.nic_index, p.made_for_server,
        n.name, n.physical_network, n.network_type, n.segmentation_id, n.mtu,
        (select coalesce(jsonb_agg(jsonb_build_object('id', g.id, 'name', g.name) order by g.name), '[]')
         from port_security_group pg join security_group g on g.id = pg.security_group_id where pg.port_id = p.id),
        port_addresses(p.id), ic.id, ic.kind
    from port p join network n on n.id = p.network_id left join interface_change ic on ic.port_id = p.id
    where p.server_id = any(servers) order by p.server_id, p.nic_index;
end $$;
