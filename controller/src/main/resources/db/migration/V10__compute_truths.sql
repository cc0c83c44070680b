-- disk_gib is the claim. A flavor whose disk is 0 takes the image's size, and is still shown with 0; null: as disk_gib.
alter table server add column flavor_disk_gib integer;

-- Since when the host reports a server in BUILD to run in a way that does not count; a while later that is its fault.
alter table server add column doubt_at timestamptz;

-- Agents have given a config drive to servers without a NIC on a bridge all along.
update server s set config_drive = true
where not exists (select 1 from port p where p.server_id = s.id and p.vnic_type = 'normal') and s.host_id is not null;

-- hosts keeps the verdicts on a bounded number of hosts; reasons counts those on all of them:
-- [{"filter": name, "hosts": how many it refused}]
alter table scheduling_decision
    add column considered integer not null default 0,
    add column reasons jsonb not null default '[]';
update scheduling_decision set considered = jsonb_array_length(hosts);

-- Where its agent last called from: what operators' tools show as the address of the hypervisor.
alter table host add column address inet;
