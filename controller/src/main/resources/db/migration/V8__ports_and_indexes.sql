-- Every foreign key and every column that tenants select by has an index: without one the database reads whole tables for
-- a delete of the row referred to, and for each list of a tenant.
create index account_default_project on account (default_project_id) where default_project_id is not null;
create index role_assignment_project on role_assignment (project_id);
create index role_assignment_role on role_assignment (role_id);
create index join_token_host on join_token (host_id) where host_id is not null;
create index physical_function_network on physical_function (physical_network) where physical_network is not null;
create index virtual_function_server on virtual_function (leased_server_id) where leased_server_id is not null;
create index bridge_uplink_network on bridge_uplink (physical_network);
create index aggregate_host_host on aggregate_host (host_id);
create index network_project on network (project_id, name);
create index subnet_network on subnet (network_id);
create index subnet_project on subnet (project_id, name);
create index security_group_project on security_group (project_id, name);
create index security_group_rule_group on security_group_rule (security_group_id);
create index security_group_rule_remote on security_group_rule (remote_group_id) where remote_group_id is not null;
create index security_group_rule_project on security_group_rule (project_id);
create index port_project on port (project_id, name);
create index port_binding_host on port (binding_host_id) where binding_host_id is not null;
create index port_service_host on port (service_host_id) where service_host_id is not null;
create index port_security_group_group on port_security_group (security_group_id);
create index ip_allocation_address on ip_allocation (address);

-- The address first: ports are looked for by their MAC alone.
alter table port drop constraint port_mac_once_per_fabric;
alter table port add constraint port_mac_once_per_fabric unique (mac_address, fabric);

-- Gives a port that very address unless somebody else has it or is about to. A transaction that has taken 64 addresses takes
-- no further locks, because all transactions share one lock table: from then on the unique key alone decides, and whoever
-- wants the same address waits until the other's transaction ends.
create function address_claim(of_subnet uuid, wanted inet, for_port uuid) returns boolean language plpgsql as $$
declare
    held integer := coalesce(nullif(current_setting('sluice.address_locks', true), ''), '0');
begin
    if held < 64 then
        if not pg_try_advisory_xact_lock(hashtextextended(cast(of_subnet as text) || host(wanted), 0)) then
            return false;
        end if;
        perform set_config('sluice.address_locks', cast(held + 1 as text), true);
    end if;
    insert into ip_allocation (subnet_id, address, port_id) values (of_subnet, wanted, for_port) on conflict do nothing;
    return found;
end $$;

-- The free addresses of a subnet that follow a place in each pool (0 to 1): that place if it is free, and what follows one
-- in use.
create function address_gaps(of_subnet uuid, place double precision) returns setof inet language sql stable as $$
    select g.address
    from (select case when family(p.first) = 4
                      then p.first + cast(floor(place * (p.last - p.first)) as bigint)
                      else p.first end as base, p.last
          from allocation_pool p where p.subnet_id = of_subnet order by p.first) pool,
    lateral (
        (select base as address where not exists (
            select 1 from ip_allocation a where a.subnet_id = of_subnet and a.address = base))
        union all
        (select a.address + 1 from ip_allocation a
         where a.subnet_id = of_subnet and a.address >= base and a.address < last
           and not exists (select 1 from ip_allocation b where b.subnet_id = of_subnet and b.address = a.address + 1)
         order by a.address limit 64)) g
$$;

-- Gives a port the next free address of a subnet's pools; null when every one is in use. First what follows the highest
-- address in use, where nothing needs looking up; then the gaps after the place; then all gaps, waiting for others who look
-- at the last ones. docs/decisions/0009-addresses-without-waiting.md says why.
create function address_next(of_subnet uuid, for_port uuid, place double precision) returns inet language plpgsql as $$
declare
    pool record;
    candidate inet;
begin
    for pool in select p.first, p.last from allocation_pool p where p.subnet_id = of_subnet order by p.first loop
        select max(a.address) + 1 into candidate from ip_allocation a
         where a.subnet_id = of_subnet and a.address between pool.first and pool.last;
        candidate := coalesce(candidate, pool.first);
        for n in 1..64 loop
            exit when candidate > pool.last;
            if address_claim(of_subnet, candidate, for_port) then
                return candidate;
            end if;
            candidate := candidate + 1;
        end loop;
    end loop;
    for candidate in select address_gaps(of_subnet, place) loop
        if address_claim(of_subnet, candidate, for_port) then
            return candidate;
        end if;
    end loop;
    for round in 1..100 loop
        for candidate in select address_gaps(of_subnet, 0) loop
            if address_claim(of_subnet, candidate, for_port) then
                return candidate;
            end if;
        end loop;
        select g into candidate from address_gaps(of_subnet, 0) g limit 1;
        exit when candidate is null;
        perform pg_advisory_xact_lock(hashtextextended(cast(of_subnet as text) || host(candidate), 0));
    end loop;
    return null;
end $$;

-- Makes a port with its security groups and addresses in one call. Each number of "slots" stands for one address wanted: in
-- the first of that number's subnets that has one, or the very address of "wanted" if that is not null. "refusal" is null
-- when all was made; "mac" when another port of the fabric has the MAC, and then nothing was; "address" when the slot "at" got
-- none, and then the caller must roll back.
create function port_make(
    port_id uuid, on_network uuid, fabric text, of_project text, name text, description text, up boolean, mac text,
    device text, owner text, secure boolean, vnic text, profile jsonb, host_name text, for_server boolean, serves_on uuid,
    groups uuid[], slots integer[], subnets uuid[], wanted inet[], place double precision,
    out refusal text, out at integer, out made port, out fixed_ips jsonb, out security_groups jsonb)
language plpgsql set plan_cache_mode = force_generic_plan as $$
declare
    given inet;
    served integer := -1;
begin
    insert into port (id, network_id, project_id, name, description, admin_state_up, mac_address, fabric, device_id,
        device_owner, port_security, vnic_type, binding_profile, binding_host, made_for_server, service_host_id)
    values (port_id, on_network, of_project, name, description, up, mac, fabric, device, owner, secure, vnic, profile,
        host_name, for_server, serves_on)
    on conflict on constraint port_mac_once_per_fabric do nothing returning port.* into made;
    if not found then
        refusal := 'mac';
        return;
    end if;
    insert into port_security_group (port_id, security_group_id) select port_make.port_id, g from unnest(groups) g;
    for entry in 1..cardinality(slots) loop
        continue when slots[entry] = served;
        at := slots[entry];
        if wanted[entry] is null then
            given := address_next(subnets[entry], port_make.port_id, place);
        else
            given := wanted[entry];
            insert into ip_allocation (subnet_id, address, port_id) values (subnets[entry], given, port_make.port_id)
            on conflict do nothing;
            if not found then
                given := null;
            end if;
        end if;
        if given is not null then
            served := at;
        elsif slots[entry + 1] is distinct from at then
            refusal := 'address';
            return;
        end if;
    end loop;
    select coalesce(jsonb_agg(jsonb_build_object('subnet_id', a.subnet_id, 'ip_address', host(a.address))
                        order by family(a.address), a.address), '[]')
      into fixed_ips from ip_allocation a where a.port_id = port_make.port_id;
    select coalesce(jsonb_agg(g order by g), '[]') into security_groups from unnest(groups) g;
end $$;
