-- port_make as a transaction of its own: with "origin", which says for which request it is (sluice.request, V13), and a refusal for
-- want of an address that raises SL001 with the slot as its detail, so that nothing stays. BEGIN, the request's name and COMMIT cost
-- a round trip each, which together are half of what a port costs. Without "origin" all is as before: the caller owns the transaction.
drop function port_make(uuid, uuid, text, text, text, text, boolean, text, text, text, boolean, text, jsonb, text, boolean, uuid,
    uuid[], integer[], uuid[], inet[], double precision);
create function port_make(
    port_id uuid, on_network uuid, fabric text, of_project text, name text, description text, up boolean, mac text,
    device text, owner text, secure boolean, vnic text, profile jsonb, host_name text, for_server boolean, serves_on uuid,
    groups uuid[], slots integer[], subnets uuid[], wanted inet[], place double precision, origin text,
    out refusal text, out at integer, out made port, out fixed_ips jsonb, out security_groups jsonb)
language plpgsql set plan_cache_mode = force_generic_plan as $$
declare
    given inet;
    served integer := -1;
begin
    if origin is not null then
        perform set_config('sluice.request', origin, true);
    end if;
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
            if origin is not null then
                raise exception 'no address for a port' using errcode = 'SL001', detail = at;
            end if;
            refusal := 'address';
            return;
        end if;
    end loop;
    select coalesce(jsonb_agg(jsonb_build_object('subnet_id', a.subnet_id, 'ip_address', host(a.address))
                        order by family(a.address), a.address), '[]')
      into fixed_ips from ip_allocation a where a.port_id = port_make.port_id;
    select coalesce(jsonb_agg(g order by g), '[]') into security_groups from unnest(groups) g;
end $$;
