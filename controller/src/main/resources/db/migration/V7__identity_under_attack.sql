-- What a token dies of before its time. The clock counts revocations; who takes its row holds it until the commit, so that
-- revocations become visible in the order of their numbers and a reader that asks for what is newer than the last misses none.
create table revocation_clock (
    one boolean primary key default true check (one),
    now bigint not null
);

-- Tokens of that account, project, account in that project, or the one token of that audit id; '' where it does not matter.
-- No references: what is revoked is often gone.
create table revocation (
    account_id text not null,
    project_id text not null,
    audit_id   text not null,
    at         bigint not null,
    expires_at timestamptz not null,
    primary key (account_id, project_id, audit_id)
);

create index revocation_at on revocation (at);
create index revocation_expires_at on revocation (expires_at);

alter table account add column email text;
alter table account add column description text;
alter table project add column tags text[] not null default '{}';

create index account_default_project_id on account (default_project_id);
create index project_tags on project using gin (tags);
create index role_assignment_project_id on role_assignment (project_id);
create index role_assignment_role_id on role_assignment (role_id);
