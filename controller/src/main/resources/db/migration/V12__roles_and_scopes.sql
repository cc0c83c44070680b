-- The roles of OpenStack's "Consistent and Secure Default RBAC" beside admin, member and reader, for clusters that exist: a new
-- one gets all five when it is first started.
insert into role (id, name)
select replace(gen_random_uuid()::text, '-', ''), missing.name
from (values ('manager'), ('service')) missing (name)
where exists (select 1 from role where name = 'admin')
on conflict (name) do nothing;

-- Roles on the cloud itself, 'system', or in its one domain, 'default'.
create table cloud_assignment (
    account_id text not null references account (id) on delete cascade,
    scope      text not null check (scope in ('system', 'default')),
    role_id    text not null references role (id),
    primary key (account_id, scope, role_id)
);

create index cloud_assignment_role_id on cloud_assignment (role_id);

-- As keystone-manage bootstrap does: whoever was made admin first is admin of the cloud too.
insert into cloud_assignment (account_id, scope, role_id)
select distinct a.account_id, 'system', a.role_id
from role_assignment a
join account u on u.id = a.account_id
join role r on r.id = a.role_id
where u.name = 'admin' and r.name = 'admin';
