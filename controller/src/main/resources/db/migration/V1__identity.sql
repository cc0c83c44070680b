-- Users, projects, roles, and the keys that tokens are signed with. Identifiers are OpenStack's: 32 hexadecimal digits.
create table project (
    id          text primary key,
    name        text not null unique,
    description text not null default '',
    enabled     boolean not null default true
);

create table account (
    id                 text primary key,
    name               text not null unique,
    password_hash      text not null,
    default_project_id text references project (id),
    enabled            boolean not null default true
);

create table role (
    id   text primary key,
    name text not null unique
);

create table role_assignment (
    account_id text not null references account (id) on delete cascade,
    project_id text not null references project (id) on delete cascade,
    role_id    text not null references role (id),
    primary key (account_id, project_id, role_id)
);

create table signing_key (
    id         text primary key,
    jwk        text not null,
    created_at timestamptz not null default now()
);

-- The cluster's own certificate authority; there is one.
create table certificate_authority (
    one             boolean primary key default true check (one),
    certificate_pem text not null,
    private_key_pem text not null
);
