create table image (
    id           uuid primary key,
    project_id   text not null,
    name         text,
    status       text not null check (status in ('queued', 'saving', 'active', 'killed')),
    visibility   text not null default 'shared' check (visibility in ('public', 'private', 'shared', 'community')),
    protected    boolean not null default false,
    os_hidden    boolean not null default false,
    disk_format  text,
    container_format text,
    min_disk     integer not null default 0,
    min_ram      integer not null default 0,
    size         bigint,
    virtual_size bigint,
    checksum     text,
    os_hash_value text,
    properties   jsonb not null default '{}',
    tags         text[] not null default '{}',
    created_at   timestamptz not null default now(),
    updated_at   timestamptz not null default now()
);

-- The bytes, in pieces of 1 MiB: any controller can serve any image, because none of them keeps one.
create table image_chunk (
    image_id uuid not null references image (id) on delete cascade,
    number   integer not null,
    data     bytea not null,
    primary key (image_id, number)
);
-- Images do not compress well; do not try.
alter table image_chunk alter column data set storage external;
