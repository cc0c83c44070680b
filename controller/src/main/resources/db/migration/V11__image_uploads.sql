-- The bytes of an image belong to an upload, and come in piece by piece, each in a short transaction, before the image is
-- active. Whatever belongs to an upload without an image is nobody's, and is removed in pieces as well.
create table image_upload (
    id         uuid primary key,
    image_id   uuid references image (id) on delete set null,
    active     boolean not null default false,
    -- Grows with every piece: an upload that stands still for long has lost its controller.
    touched_at timestamptz not null default now()
);
create index image_upload_image on image_upload (image_id);
-- Of all uploads to one image, one wins.
create unique index image_upload_active on image_upload (image_id) where active;

insert into image_upload (id, image_id, active) select distinct image_id, image_id, true from image_chunk;

alter table image_chunk drop constraint image_chunk_image_id_fkey;
alter table image_chunk rename column image_id to upload_id;
alter table image_chunk add foreign key (upload_id) references image_upload (id);
-- By a share of the table, as is usual, removed images would wait for a fifth of all images to go before their room is
-- used again. The numbers are rows: 256 MiB of image_chunk, and as much of the 2 kB rows that PostgreSQL cuts them into.
alter table image_chunk set (
    autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 256,
    toast.autovacuum_vacuum_scale_factor = 0, toast.autovacuum_vacuum_threshold = 131072);

alter table image drop constraint image_status_check;
alter table image add constraint image_status_check check (status in ('queued', 'active', 'deactivated'));

create index image_project on image (project_id, created_at);
create index image_visibility on image (visibility, created_at) where visibility in ('public', 'community');
create index if not exists server_image on server (image_id);
