-- What is shown of servers' NICs: a row is a port, or one of its addresses, or one of its groups; each kind is in order. A function,
-- because the three joins together are planned in half a millisecond, which is more than they take for one server, and a plan for
-- the very ids is no better than the one that is kept.
create function shown_nics(servers uuid[])
returns table (id uuid, server_id uuid, mac_address text, network text, address text, security_group text)
language plpgsql stable set plan_cache_mode = force_generic_plan as $$
#variable_conflict use_column
begin
    return query
    select u.id, u.server_id, u.mac_address, u.network, u.address, u.security_group from (
        select p.id, p.server_id, p.mac_address, n.name as network, cast(null as text) as address,
            cast(null as text) as security_group, row_number() over (order by p.server_id, p.nic_index) as place
        from port p join network n on n.id = p.network_id
        where p.server_id = any(servers)
        union all
        select p.id, null, null, null, host(a.address), null,
            row_number() over (order by s.ip_version, s.created_at, a.address)
        from port p join ip_allocation a on a.port_id = p.id join subnet s on s.id = a.subnet_id
        where p.server_id = any(servers)
        union all
        select p.id, null, null, null, null, g.name, row_number() over (order by g.name)
        from port p join port_security_group pg on pg.port_id = p.id join security_group g on g.id = pg.security_group_id
        where p.server_id = any(servers)) u
    order by u.place;
end $$;
