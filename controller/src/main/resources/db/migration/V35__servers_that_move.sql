-- What a server's root disk is built from on that host, where it is not the server's own image: a copy of the disk that it had where
-- it comes from. The image is there as long as this is.
alter table claim add column image_id uuid;
create index claim_image on claim (image_id) where image_id is not null;

-- All that was done of it is undone, and a host has yet to say that nothing of the server runs there.
alter table operation add column taken_back boolean not null default false;
create index operation_taken_back on operation (server_id) where taken_back;

-- The record of servers that moved; it goes with its server. Hosts are named, since one may be removed.
create table migration (
    id         bigint generated always as identity primary key,
    uuid       uuid not null default gen_random_uuid() unique,
    server_id  uuid not null references server (id) on delete cascade,
    type       text not null check (type in ('migration', 'resize')),
    status     text not null default 'migrating'
        check (status in ('migrating', 'finished', 'confirmed', 'reverted', 'error')),
    source     text not null,
    dest       text not null,
    user_id    text not null,
    project_id text not null,
    created_at timestamptz not null default now(),
    updated_at timestamptz not null default now()
);
create index migration_server on migration (server_id, id);
create index migration_updated on migration (updated_at, id);
