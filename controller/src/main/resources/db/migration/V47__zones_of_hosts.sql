-- The availability zone of each host whose aggregates name one: the first by name. Others are in the default zone.
create view host_zone as
    select m.host_id, min(a.availability_zone) as zone
    from aggregate_host m join aggregate a on a.id = m.aggregate_id
    where a.availability_zone is not null group by m.host_id;
