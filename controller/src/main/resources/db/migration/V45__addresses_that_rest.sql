-- An address that a server's port gave up while a guest may still use it: its guest asks DHCP again within the lease's time, and until
-- then nobody else gets it. It is the port's as before, for the key that keeps it from others, and shown to nobody.
-- It counts from when the guest's host knows of it: given_up_at is null before that.
alter table ip_allocation
    add column given_up boolean not null default false,
    add column given_up_host uuid,
    add column given_up_revision bigint,
    add column given_up_at timestamptz;
create index ip_allocation_given_up on ip_allocation (given_up_at) where given_up;

-- The revision that the host's agent had when it was heard last.
alter table host add column told_revision bigint not null default -1;

-- The addresses that ports have.
create view port_address as select subnet_id, address, port_id from ip_allocation where not given_up;

create or replace function shown_nics(servers uuid[])
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
        from port p join port_address a on a.port_id = p.id join subnet s on s.id = a.subnet_id
        where p.server_id = any(servers)
        union all
        select p.id, null, null, null, null, g.name, row_number() over (order by g.name)
        from port p join port_security_group pg on pg.port_id = p.id join security_group g on g.id = pg.security_group_id
        where p.server_id = any(servers)) u
    order by u.place;
end $$;
